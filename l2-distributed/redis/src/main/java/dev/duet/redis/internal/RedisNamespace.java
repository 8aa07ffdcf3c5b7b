package dev.duet.redis.internal;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.redisson.api.RedissonClient;
import org.redisson.api.stream.StreamMessageId;
import org.redisson.api.stream.StreamRangeArgs;
import org.redisson.client.codec.ByteArrayCodec;

/** A namespace in Redis: one script for each operation, a stream for each log, one channel for all changes. */
public final class RedisNamespace implements Namespace {

    /** How often servers may turn out to be others while the heads are read, before that is given up. */
    private static final int JOINS = 3;

    /** How many scripts are sent together at most. */
    private static final int PIPELINE = 1_000;

    private final RedissonClient client;
    private final String address;
    private final NamespaceConfig config;
    private final String node;
    private final Keys keys;
    private final Incarnations incarnations;
    private final Heads heads;
    private final ServerClocks clocks;
    private final Pipeline pipeline;
    private final BulkReads bulkReads;
    private final Collection<Feed> feeds = new CopyOnWriteArrayList<>();
    private final Duration feedTimeout;
    private final boolean sendsAgain;
    private volatile boolean closed;

    private RedisNamespace(
            RedissonClient client, String address, NamespaceConfig config, String node, Keys keys, Scripts scripts) {
        this.client = client;
        this.address = address;
        this.config = config;
        this.node = NamespaceConfig.checkName("node", node);
        this.keys = keys;
        this.clocks = new ServerClocks(address, System::nanoTime);
        this.incarnations = new Incarnations(scripts, keys, config, clocks);
        this.pipeline = new Pipeline(client, address);
        this.bulkReads = new BulkReads(incarnations, keys, client.getConfig().isClusterConfig());
        this.heads = new Heads(client, keys, config.partitions());
        ClientConfig clientConfig = new ClientConfig(client.getConfig());
        this.feedTimeout = clientConfig.subscriptionTimeout();
        this.sendsAgain = clientConfig.sendsAgain();
    }

    /** Joins a namespace; as {@link dev.duet.store.Store#open}. */
    public static RedisNamespace open(RedissonClient client, String address, NamespaceConfig config, String node) {
        Scripts scripts = new Scripts(client, address);
        Keys keys = new Keys(config, new ClientConfig(client.getConfig()).database());
        RedisNamespace namespace = new RedisNamespace(client, address, config, node, keys, scripts);
        new Handshake(scripts, address).perform(config, keys);
        checkChannel(client, address, keys.channel());
        Blocking.await(namespace.incarnations.join(), address);
        return namespace;
    }

    /** Finds out early whether the user may use the channel; a subscription that is refused says less, and later. */
    private static void checkChannel(RedissonClient client, String address, String channel) {
        try {
            CompletionStage<Long> told =
                    client.getTopic(channel, ByteArrayCodec.INSTANCE).publishAsync(ChangeText.probe());
            Blocking.await(
                    told.toCompletableFuture().exceptionally(failure -> {
                        throw new CompletionException(Failures.ofChannel(failure, address, channel));
                    }),
                    address);
        } catch (RuntimeException e) {
            throw Failures.translate(e, address);
        }
    }

    @Override
    public NamespaceConfig config() {
        return config;
    }

    @Override
    public <R> CompletionStage<R> execute(RecordKey key, Operation<R> operation) {
        Call<R> call = Call.of(operation, key, keys.channel(), node);
        return incarnations.run(call, key.partition(), keysOf(key, operation), key);
    }

    private List<Object> keysOf(RecordKey key, Operation<?> operation) {
        return operation instanceof PendingOperation ? keys.ofPending(key) : keys.of(key);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Reads share scripts. Very many of anything else go as several pipelines side by side, so that no server is kept
     * from its other clients for long.
     */
    @Override
    public <R> List<CompletionStage<R>> executeAll(List<Request<R>> requests) {
        if (requests.size() == 1) {
            return List.of(execute(requests.get(0).key(), requests.get(0).operation()));
        }
        if (BulkReads.fits(requests)) {
            return List.copyOf(bulkReads.read(requests, left -> runAll(entries(left))));
        }
        return List.copyOf(runAll(entries(requests)));
    }

    private <R> List<Pipeline.Entry<R>> entries(List<Request<R>> requests) {
        List<Pipeline.Entry<R>> entries = new ArrayList<>(requests.size());
        for (Request<R> request : requests) {
            RecordKey key = request.key();
            Call<R> call = Call.of(request.operation(), key, keys.channel(), node);
            entries.add(new Pipeline.Entry<>(
                    call, key.partition(), key, keysOf(key, request.operation()), new CompletableFuture<>()));
        }
        return entries;
    }

    private <R> List<CompletableFuture<R>> runAll(List<Pipeline.Entry<R>> entries) {
        for (int from = 0; from < entries.size(); from += PIPELINE) {
            incarnations.runAll(entries.subList(from, Math.min(from + PIPELINE, entries.size())), pipeline);
        }
        List<CompletableFuture<R>> replies = new ArrayList<>(entries.size());
        entries.forEach(entry -> replies.add(entry.result()));
        return replies;
    }

    @Override
    public CompletionStage<long[]> invalidateAll(String cache) {
        return inEachPartition(partition -> run(Call.invalidateAll(cache, partition, keys.channel(), node), partition));
    }

    /**
     * {@inheritDoc}
     *
     * <p>One round trip, unless a server is another one than before, or its clock was set back.
     */
    @Override
    public CompletionStage<long[]> heads() {
        long[] before = incarnations.heads();
        return readHeads(JOINS).thenCompose(found -> mended(before, found)).thenApply(found -> {
            incarnations.know(found);
            return found;
        });
    }

    /** The heads, after the partitions were started over of which the server's clock was set back. */
    private CompletableFuture<long[]> mended(long[] before, long[] found) {
        int[] suspects = clocks.suspects();
        if (suspects.length == 0) {
            return CompletableFuture.completedFuture(found);
        }
        long[] heads = found.clone();
        List<CompletableFuture<Long>> all = new ArrayList<>(suspects.length);
        for (int p : suspects) {
            // By the head of before the step: another node may have started the partition over since.
            all.add(startOver(p, before[p], found[p]).toCompletableFuture().thenApply(head -> {
                clocks.cleared(p);
                heads[p] = head;
                return head;
            }));
        }
        return together(all, address).thenApply(done -> heads);
    }

    private CompletableFuture<long[]> readHeads(int joins) {
        CompletableFuture<Heads.Found> read;
        ServerRuns runs = incarnations.runs();
        long sent = clocks.now();
        try {
            read = heads.read(runs);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(Failures.translate(e, address));
        }
        return read.exceptionally(failure -> {
                    throw new CompletionException(Failures.translate(failure, address));
                })
                .thenCompose(found -> {
                    if (found.expected()) {
                        read(runs, sent, found.clocks());
                        return inEachPartition(partition -> headOf(partition, found.heads()));
                    }
                    if (joins == 0) {
                        return CompletableFuture.failedFuture(new StoreUnavailableException(
                                "Redis at " + address + " is another server each time it is asked", null));
                    }
                    return incarnations.join().thenCompose(joined -> readHeads(joins - 1));
                });
    }

    private void read(ServerRuns runs, long sent, List<Long> readings) {
        for (int i = 0; i < readings.size(); i++) {
            ServerRuns.Run run = runs.of(runs.representatives().get(i));
            clocks.read(run, sent, readings.get(i), runs.on(run));
        }
    }

    @Override
    public CompletionStage<?> watchClock() {
        ServerRuns runs = incarnations.runs();
        long sent = clocks.now();
        try {
            return heads.clocks(runs).thenCompose(found -> {
                if (found.expected()) {
                    read(runs, sent, found.clocks());
                }
                return clocks.suspects().length == 0 ? CompletableFuture.completedFuture(null) : heads();
            });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(Failures.translate(e, address));
        }
    }

    private CompletableFuture<Long> headOf(int partition, List<?> heads) {
        if (partition < heads.size() && heads.get(partition) instanceof String head && head.matches("[1-9]\\d{0,15}")) {
            return CompletableFuture.completedFuture(Long.valueOf(head));
        }
        return run(new Call<>(Script.HEAD, new Object[0], Replies::version), partition);
    }

    private <R> CompletableFuture<R> run(Call<R> call, int partition) {
        return incarnations.run(call, partition, keys.of(partition), null);
    }

    private CompletableFuture<long[]> inEachPartition(IntFunction<CompletableFuture<Long>> call) {
        List<CompletableFuture<Long>> all = new ArrayList<>();
        for (int p = 0; p < config.partitions(); p++) {
            all.add(call.apply(p));
        }
        return together(all, address)
                .thenApply(found -> found.stream().mapToLong(Long::longValue).toArray());
    }

    private static <R> CompletableFuture<List<R>> together(List<? extends CompletionStage<R>> stages, String address) {
        List<CompletableFuture<R>> all =
                stages.stream().map(CompletionStage::toCompletableFuture).toList();
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).handle((done, failure) -> {
            if (failure != null) {
                throw new CompletionException(Failures.translate(failure, address));
            }
            return all.stream().map(CompletableFuture::join).toList();
        });
    }

    @Override
    public CompletionStage<Long> startOver(int partition, long seen, long above) {
        return run(Call.startOver(seen, above), partition);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A log that is damaged goes back no further than the damage; one that is no log at all is empty.
     */
    @Override
    public CompletionStage<List<Change>> changesAfter(int partition, long version) {
        try {
            return client.<byte[], byte[]>getStream(keys.log(partition), ByteArrayCodec.INSTANCE)
                    .rangeAsync(StreamRangeArgs.startId(new StreamMessageId(version + 1))
                            .endId(StreamMessageId.MAX))
                    .handle((entries, failure) -> {
                        if (failure == null) {
                            return changes(partition, entries);
                        }
                        if (Failures.isWrongType(failure)) {
                            return List.of();
                        }
                        throw new CompletionException(Failures.translate(failure, address));
                    });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(Failures.translate(e, address));
        }
    }

    private List<Change> changes(int partition, Map<StreamMessageId, Map<byte[], byte[]>> entries) {
        List<Change> changes = new ArrayList<>(entries.size());
        entries.forEach((id, fields) -> {
            Change change = fields.size() == 1
                    ? ChangeText.parse(fields.values().iterator().next(), config.partitions())
                    : null;
            if (change == null || change.partition() != partition || change.version() != id.getId0()) {
                changes.clear();
            } else {
                changes.add(change);
            }
        });
        return List.copyOf(changes);
    }

    /**
     * {@inheritDoc}
     *
     * <p>It fails if nothing is heard on the client's connection for its {@code subscriptionTimeout}. A client that shares
     * the connection with other subscriptions goes on using it, alive or not, until its pings find it dead; so trying again
     * succeeds after about the client's {@code pingConnectionInterval} and {@code timeout} at the latest.
     */
    @Override
    public CompletionStage<ChangeSubscription> subscribe(ChangeListener listener) {
        try {
            Feed feed =
                    new Feed(client.getTopic(keys.channel(), ByteArrayCodec.INSTANCE), config.partitions(), listener);
            feeds.removeIf(Feed::isClosed);
            feeds.add(feed);
            if (closed) {
                feed.close();
                return CompletableFuture.failedFuture(
                        new StoreUnavailableException("the namespace '" + config.name() + "' is closed", null));
            }
            return feed.start(address, feedTimeout);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(Failures.translate(e, address));
        }
    }

    @Override
    public List<CompletionStage<Claim>> claim(
            String cache, List<Integer> partitions, String flusher, long term, int most, Map<Integer, String> over) {
        return List.copyOf(runAll(partitions.stream()
                .map(p -> pendingEntry(
                        Call.claim(cache, p, keys.records(p, cache), flusher, term, most, over.get(p)), p, cache))
                .toList()));
    }

    @Override
    public Window window(int partition, long patience) {
        return clocks.window(incarnations.runs().of(partition), patience);
    }

    private <R> Pipeline.Entry<R> pendingEntry(Call<R> call, int partition, String cache) {
        return new Pipeline.Entry<>(call, partition, null, keys.ofPending(partition, cache), new CompletableFuture<>());
    }

    @Override
    public CompletionStage<List<PendingWrite>> parked(String cache, int most) {
        List<Pipeline.Entry<List<PendingWrite>>> entries = IntStream.range(0, config.partitions())
                .mapToObj(p -> pendingEntry(Call.parked(cache, p, keys.records(p, cache), most), p, cache))
                .toList();
        return together(runAll(entries), address)
                .thenApply(parked -> parked.stream().flatMap(List::stream).toList());
    }

    @Override
    public CompletionStage<Durability> durability() {
        List<CompletionStage<String>> servers = new ArrayList<>();
        for (int partition : incarnations.runs().representatives()) {
            servers.add(run(new Call<>(Script.INFO, new Object[0], Replies::text), partition));
        }
        return together(servers, address)
                .thenCombine(
                        DurabilityCheck.appendFsync(client),
                        (infos, fsync) -> DurabilityCheck.of(infos, fsync, sendsAgain, address));
    }

    @Override
    public void close() {
        closed = true;
        feeds.forEach(Feed::close);
        feeds.clear();
    }
}
