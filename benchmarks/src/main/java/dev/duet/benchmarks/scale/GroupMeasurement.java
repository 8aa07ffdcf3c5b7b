package dev.duet.benchmarks.scale;

import dev.duet.benchmarks.scale.RedisMeter.Reading;
import dev.duet.testkit.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Takes all figures of one number of nodes, one after the other, on a Redis of their own. */
final class GroupMeasurement implements AutoCloseable {

    private static final Duration TO_LEAVE = Duration.ofSeconds(10);
    private static final Duration TO_ARRIVE = Duration.ofMillis(300);

    private static final Duration TO_HEAR = Duration.ofSeconds(5);

    private final ScaleSettings settings;
    private final int size;
    private final RedisServer server = RedisServer.start();
    private final RedisMeter redis = new RedisMeter(server);
    private final Map<Metric, Samples> figures = new EnumMap<>(Metric.class);

    GroupMeasurement(ScaleSettings settings, int size) {
        this.settings = settings;
        this.size = size;
    }

    /** Takes them. */
    List<ScaleResult> run() throws Exception {
        long clients = redis.clients();
        double alone = watchRedis();
        long memory;
        try (NodeGroup nodes = NodeGroup.start(server.uri(), size)) {
            open(nodes, ScaleSettings.BOUND);
            warmUp(nodes);
            measureWrites(nodes);
            add(Metric.CONNECTIONS, (redis.clients() - clients) / (double) size);
            measureNearHits(nodes);
            Thread.sleep(settings.settle().toMillis());
            List<Rest> audited = rest(nodes);
            measureFeed(nodes, audited);
            measureStoreReads(nodes, audited);
            measurePropagation(nodes);
            memory = redis.memory();
            open(nodes, ScaleSettings.NO_AUDITS);
            compareRest(audited, rest(nodes), alone);
        }
        awaitClients(clients);
        add(Metric.MEMORY, (memory - redis.memory()) / (double) size);
        List<ScaleResult> results = new ArrayList<>();
        figures.forEach((metric, samples) -> results.add(ScaleResult.of(metric, size, samples)));
        return results;
    }

    /** Processor seconds a second of a Redis without nodes. */
    private double watchRedis() throws InterruptedException {
        double before = redis.read().processorSeconds();
        long begin = System.nanoTime();
        Thread.sleep(settings.processorTime().toMillis());
        return (redis.read().processorSeconds() - before) * 1e9 / (System.nanoTime() - begin);
    }

    private void open(NodeGroup nodes, Duration bound) throws IOException, InterruptedException {
        for (NodeProcess node : nodes.all()) {
            NodeGroup.tell(node, "open " + bound.toMillis());
        }
        Thread.sleep(settings.settle().toMillis());
    }

    private void warmUp(NodeGroup nodes) throws IOException {
        NodeGroup.tell(nodes.writer(), "fill");
        write(nodes, settings.warmUp());
        pace(nodes, settings.warmUp());
        nodes.tellAll("read");
        nodes.tellAll("hit " + settings.warmUp().toMillis() + " 1");
    }

    private void measureWrites(NodeGroup nodes) throws IOException {
        for (int round = 0; round < settings.rounds(); round++) {
            add(Metric.WRITES, write(nodes, settings.throughput()));
        }
    }

    /** Writes a second, of all nodes. */
    private static double write(NodeGroup nodes, Duration time) throws IOException {
        List<NodeProcess> all = nodes.all();
        for (int i = 0; i < all.size(); i++) {
            int threads = ScaleSettings.WRITERS * (i + 1) / all.size() - ScaleSettings.WRITERS * i / all.size();
            all.get(i).send("write " + time.toMillis() + " " + threads);
        }
        double perSecond = 0;
        for (NodeProcess node : all) {
            long[] answer = node.answer();
            perSecond += answer[0] * 1e9 / answer[1];
        }
        return perSecond;
    }

    /** Has one node write at a fixed rate; returns how many writes that were. */
    private static long pace(NodeGroup nodes, Duration time) throws IOException {
        return NodeGroup.tell(nodes.writer(), "pace " + time.toMillis() + " " + ScaleSettings.PACE)[0];
    }

    private void measureNearHits(NodeGroup nodes) throws IOException {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / size);
        nodes.tellAll("read");
        for (int round = 0; round < settings.rounds(); round++) {
            double perSecond = 0;
            for (long[] answer : nodes.tellAll("hit " + settings.throughput().toMillis() + " " + threads)) {
                perSecond += answer[0] * 1e9 / answer[2];
            }
            add(Metric.NEAR_HITS, perSecond);
        }
    }

    private List<Rest> rest(NodeGroup nodes) throws IOException, InterruptedException {
        List<Rest> rounds = new ArrayList<>();
        for (int round = 0; round < settings.rounds(); round++) {
            rounds.add(Rest.watch(nodes, redis, settings.processorTime()));
        }
        return rounds;
    }

    private void compareRest(List<Rest> audited, List<Rest> unaudited, double alone) {
        for (int round = 0; round < audited.size(); round++) {
            Rest with = audited.get(round);
            Rest without = unaudited.get(round);
            add(Metric.AUDIT_COST, 100 * (with.nodes() - without.nodes()) / size);
            add(Metric.AUDIT_COST_IN_REDIS, 100 * (with.redis() - without.redis()) / size);
            add(Metric.AUDIT_BYTES, (with.bytes() - without.bytes()) / with.audits());
            add(Metric.IDLE_COST, 100 * without.nodes() / size);
            add(Metric.IDLE_COST_IN_REDIS, 100 * (without.redis() - alone) / size);
        }
    }

    /** One node writes at a fixed rate, and the others do nothing but follow. */
    private void measureFeed(NodeGroup nodes, List<Rest> audited) throws IOException, InterruptedException {
        double nodeAtRest = audited.stream().mapToDouble(Rest::nodes).average().orElseThrow() / size;
        double redisAtRest = redisAtRest(audited);
        double bytesAtRest =
                audited.stream().mapToDouble(Rest::bytesOut).average().orElseThrow();
        List<NodeProcess> followers = nodes.followers();
        for (int round = 0; round < settings.rounds(); round++) {
            long heard = heard(followers);
            double nodeSeconds = NodeGroup.processorSeconds(followers);
            Reading before = redis.read();
            long begin = System.nanoTime();
            long writes = pace(nodes, settings.processorTime());
            Thread.sleep(TO_ARRIVE.toMillis());
            Reading after = redis.read();
            double seconds = (System.nanoTime() - begin) / 1e9;
            nodeSeconds = NodeGroup.processorSeconds(followers) - nodeSeconds;
            heard = heard(followers) - heard;
            if (!followers.isEmpty()) {
                add(Metric.FEED_COST, 1e6 * (nodeSeconds - nodeAtRest * followers.size() * seconds) / heard);
            }
            double redisSeconds = after.processorSeconds() - before.processorSeconds() - redisAtRest * seconds;
            add(Metric.FEED_COST_IN_REDIS, 1e6 * redisSeconds / writes);
            double bytes = after.bytesOut() - before.bytesOut() - bytesAtRest * seconds;
            add(Metric.MESSAGE_BYTES, bytes / (writes * size));
        }
    }

    private static double redisAtRest(List<Rest> audited) {
        return audited.stream().mapToDouble(Rest::redis).average().orElseThrow();
    }

    /** One node writes all keys, and then all others read them again. */
    private void measureStoreReads(NodeGroup nodes, List<Rest> audited) throws IOException, InterruptedException {
        List<NodeProcess> followers = nodes.followers();
        for (int round = 0; round < settings.rounds() && !followers.isEmpty(); round++) {
            NodeGroup.tell(nodes.writer(), "fill");
            Thread.sleep(TO_ARRIVE.toMillis());
            Reading before = redis.read();
            long begin = System.nanoTime();
            long reads = NodeGroup.tellAll(followers, "read").stream()
                    .mapToLong(answer -> answer[0])
                    .sum();
            double seconds = (System.nanoTime() - begin) / 1e9;
            double redisSeconds =
                    redis.read().processorSeconds() - before.processorSeconds() - redisAtRest(audited) * seconds;
            add(Metric.STORE_READ_IN_REDIS, 1e6 * redisSeconds / reads);
        }
    }

    private static long heard(List<NodeProcess> nodes) throws IOException {
        return NodeGroup.tellAll(nodes, "stats").stream()
                .mapToLong(stats -> stats[0])
                .sum();
    }

    /** One node writes keys that all others have near, each once. */
    private void measurePropagation(NodeGroup nodes) throws IOException, InterruptedException {
        List<NodeProcess> followers = nodes.followers();
        for (int round = 0; round < settings.rounds() && !followers.isEmpty(); round++) {
            nodes.tellAll("read");
            NodeGroup.tellAll(followers, "listen");
            long[] acknowledged = NodeGroup.tell(
                    nodes.writer(), "once " + ScaleSettings.ANNOUNCED_PER_SECOND + " " + settings.announced());
            long[] delays = delays(acknowledged, awaitHeard(followers, acknowledged.length));
            add(Metric.PROPAGATION_P50, Samples.percentile(delays, 0.5) / 1e3);
            add(Metric.PROPAGATION_P99, Samples.percentile(delays, 0.99) / 1e3);
        }
    }

    /** When each node acted upon the writes of the first keys; waits for those that are late. */
    private static List<long[]> awaitHeard(List<NodeProcess> nodes, int keys) throws IOException, InterruptedException {
        long end = System.nanoTime() + TO_HEAR.toNanos();
        List<long[]> heard;
        do {
            Thread.sleep(TO_ARRIVE.toMillis());
            heard = NodeGroup.tellAll(nodes, "heard");
        } while (heard.stream()
                        .anyMatch(times -> LongStream.of(times).limit(keys).anyMatch(time -> time == 0))
                && System.nanoTime() < end);
        return heard;
    }

    /**
     * From each acknowledgement to each node that acted, sorted; what was not heard at all counts as heard too late. All
     * processes of a machine share the clock.
     */
    static long[] delays(long[] acknowledged, List<long[]> heard) {
        LongStream.Builder delays = LongStream.builder();
        for (long[] one : heard) {
            for (int key = 0; key < acknowledged.length; key++) {
                delays.add(one[key] == 0 ? TO_HEAR.toNanos() : one[key] - acknowledged[key]);
            }
        }
        return delays.build().sorted().toArray();
    }

    private void awaitClients(long clients) throws InterruptedException {
        long end = System.nanoTime() + TO_LEAVE.toNanos();
        while (redis.clients() > clients && System.nanoTime() < end) {
            Thread.sleep(100);
        }
    }

    private void add(Metric metric, double value) {
        figures.computeIfAbsent(metric, m -> new Samples()).add(value);
    }

    @Override
    public void close() {
        server.close();
    }
}
