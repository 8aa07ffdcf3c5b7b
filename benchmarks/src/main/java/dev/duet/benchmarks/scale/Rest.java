package dev.duet.benchmarks.scale;

import dev.duet.benchmarks.scale.RedisMeter.Reading;
import java.io.IOException;
import java.time.Duration;

/**
 * What nodes use while nothing is asked of them.
 *
 * @param seconds for how long they were watched
 * @param nodes processor seconds a second, of all nodes together
 * @param redis processor seconds a second, of Redis
 * @param bytes a second, to Redis and from it
 * @param bytesOut a second, from Redis
 * @param audits a second, of all nodes together
 */
record Rest(double seconds, double nodes, double redis, double bytes, double bytesOut, double audits) {

    static Rest watch(NodeGroup nodes, RedisMeter redis, Duration time) throws IOException, InterruptedException {
        long audits = audits(nodes);
        double nodeSeconds = NodeGroup.processorSeconds(nodes.all());
        Reading before = redis.read();
        long begin = System.nanoTime();
        Thread.sleep(time.toMillis());
        double seconds = (System.nanoTime() - begin) / 1e9;
        Reading after = redis.read();
        nodeSeconds = NodeGroup.processorSeconds(nodes.all()) - nodeSeconds;
        return new Rest(
                seconds,
                nodeSeconds / seconds,
                (after.processorSeconds() - before.processorSeconds()) / seconds,
                (after.bytesIn() + after.bytesOut() - before.bytesIn() - before.bytesOut()) / seconds,
                (after.bytesOut() - before.bytesOut()) / seconds,
                (audits(nodes) - audits) / seconds);
    }

    private static long audits(NodeGroup nodes) throws IOException {
        return nodes.tellAll("stats").stream().mapToLong(stats -> stats[1]).sum();
    }
}
