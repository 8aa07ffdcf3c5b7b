package dev.duet.hazelcast.internal;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.MemberLeftException;
import com.hazelcast.core.MultiExecutionCallback;
import com.hazelcast.map.IMap;
import com.hazelcast.spi.exception.TargetNotMemberException;
import dev.duet.store.CacheException;
import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.Window;
import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A namespace on Hazelcast: a map with one entry for each partition, and a topic. */
public final class HazelcastNamespace implements Namespace {

    /** The version of what is stored and of what travels. */
    private static final int FORMAT = 2;

    /** In milliseconds, of what is asked of many partitions at once, before each is asked by itself. */
    private static final long LONGEST_READ = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger("dev.duet.Hazelcast");

    private final HazelcastInstance instance;
    private final String address;
    private final NamespaceConfig config;
    private final String node;
    private final int maximumRecords;
    private final long timeout;
    private final Executor executor;
    private final Answers answers;
    private final IMap<Integer, PartitionState> partitions;
    private final List<MapSettings> settings;
    private final SeenHeads seen;
    private final List<HazelcastFeed> subscriptions = new CopyOnWriteArrayList<>();

    private HazelcastNamespace(
            HazelcastInstance instance,
            String address,
            NamespaceConfig config,
            String node,
            int maximumRecords,
            long timeout,
            Executor executor) {
        this.instance = instance;
        this.address = address;
        this.config = config;
        this.node = node;
        this.maximumRecords = Math.max(1, maximumRecords / config.partitions());
        this.timeout = timeout;
        this.executor = executor;
        this.answers = new Answers(instance, address, executor);
        String map = Names.of(config.name());
        this.settings = await(() -> prepare(map));
        settings.forEach(ofMember -> ofMember.check(map, address));
        this.partitions = instance.getMap(map);
        this.seen = new SeenHeads(config.partitions(), System::nanoTime);
    }

    /**
     * Joins a namespace, or founds it.
     *
     * @param instance the member or client to do it by
     * @param address where it is, for messages
     * @param maximumRecords how many records a new namespace holds
     * @param timeout how long an answer may take, in milliseconds
     * @param executor for what blocks
     */
    public static HazelcastNamespace open(
            HazelcastInstance instance,
            String address,
            NamespaceConfig config,
            String node,
            int maximumRecords,
            long timeout,
            Executor executor) {
        NamespaceConfig.checkName("node", node);
        HazelcastNamespace namespace =
                new HazelcastNamespace(instance, address, config, node, maximumRecords, timeout, executor);
        namespace.agree();
        namespace.await(namespace::headReplies); // for their times
        return namespace;
    }

    /** Has each member prepare, so that none is there that cannot take part; the settings of each, without repetition. */
    private CompletionStage<List<MapSettings>> prepare(String map) {
        CompletableFuture<List<MapSettings>> settled = new CompletableFuture<>();
        instance.getExecutorService(Names.DESCRIPTIONS)
                .submitToAllMembers(new Preparation(map), new MultiExecutionCallback() {
                    @Override
                    public void onResponse(Member member, Object value) {
                        // All of them are waited for.
                    }

                    @Override
                    public void onComplete(Map<Member, Object> replies) {
                        List<Object> staying = replies.values().stream()
                                .filter(reply -> !hasLeft(reply))
                                .toList();
                        for (Object reply : staying) {
                            if (reply instanceof Throwable failure) {
                                settled.completeExceptionally(failure);
                            }
                        }
                        if (staying.isEmpty()) {
                            settled.completeExceptionally(
                                    new StoreUnavailableException("no member of " + address + " stays", null));
                        }
                        settled.complete(staying.stream()
                                .map(reply -> MapSettings.parse(String.valueOf(reply)))
                                .distinct()
                                .toList());
                    }
                });
        return settled;
    }

    /** The members that a client finds again may be others, which know nothing of the map. */
    private void prepareAgain() {
        prepare(Names.of(config.name())).whenComplete((found, failure) -> {
            try {
                if (failure != null) {
                    throw Failures.translate(failure, address);
                }
                found.forEach(ofMember -> ofMember.check(Names.of(config.name()), address));
            } catch (CacheException e) {
                LOG.error("Namespace '{}' is not to be used as its members have it now", config.name(), e);
            }
        });
    }

    private static boolean hasLeft(Object reply) {
        for (Throwable at = reply instanceof Throwable failure ? failure : null; at != null; at = at.getCause()) {
            if (at instanceof MemberLeftException
                    || at instanceof TargetNotMemberException
                    || at instanceof HazelcastInstanceNotActiveException) {
                return true;
            }
        }
        return false;
    }

    /** The first node creates the partitions before it describes the namespace, so that one that is missing was lost. */
    private void agree() {
        IMap<String, String> descriptions = instance.getMap(Names.DESCRIPTIONS);
        String mine = FORMAT + " " + config.partitions();
        String theirs = await(() -> descriptions.getAsync(config.name()));
        if (theirs == null) {
            List<CompletionStage<HeadReply>> heads = new ArrayList<>();
            for (int p = 0; p < config.partitions(); p++) {
                heads.add(take(p, new Step.Head(), true, HeadReply::read));
            }
            heads.forEach(head -> await(() -> head));
            theirs = await(
                    () -> CompletableFuture.supplyAsync(() -> descriptions.putIfAbsent(config.name(), mine), executor));
        }
        if (theirs != null && !theirs.equals(mine)) {
            String[] parts = theirs.split(" ", -1);
            throw new StoreConfigurationException(
                    parts[0].equals(Integer.toString(FORMAT))
                            ? "namespace '" + config.name() + "' of " + address + " has " + parts[1]
                                    + " partitions, but partitions(" + config.partitions()
                                    + ") is configured; configure the same number, or another namespace"
                            : "namespace '" + config.name() + "' of " + address + " has format " + parts[0]
                                    + ", and this version of Duet needs " + FORMAT
                                    + "; use the version that the other nodes have, or another namespace",
                    null);
        }
    }

    private <T> T await(Supplier<CompletionStage<T>> asked) {
        try {
            return asked.get().toCompletableFuture().get(timeout, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            throw Failures.translate(e, address);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.translate(e, address);
        }
    }

    /** Reads a reply. */
    private interface Reply<T> {
        T read(DataInput in) throws IOException;
    }

    private <T> CompletionStage<T> take(int partition, Step step, boolean founding, Reply<T> reply) {
        Limits limits = new Limits(partition, maximumRecords);
        long request = ThreadLocalRandom.current().nextLong();
        PartitionProcessor processor =
                new PartitionProcessor(config.name(), node, limits, request, founding, seen.of(partition), step);
        return bounded(() -> partitions.<byte[]>submitToKey(partition, processor), bytes -> read(bytes, reply));
    }

    private <T> CompletionStage<T> take(int partition, Step step, Reply<T> reply) {
        return take(partition, step, false, reply);
    }

    private <A, T> CompletableFuture<T> bounded(Supplier<CompletionStage<A>> asked, Function<A, T> of) {
        return answers.take(asked, Math.min(timeout, MapSettings.LONGEST_STEP), of);
    }

    private static <T> T read(byte[] bytes, Reply<T> reply) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return reply.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public NamespaceConfig config() {
        return config;
    }

    @Override
    public <R> CompletionStage<R> execute(RecordKey key, Operation<R> operation) {
        return executeAll(List.of(new Request<>(key, operation))).get(0);
    }

    /**
     * {@inheritDoc} Here that is so for reads of what is there; any other operation takes a message to its partition, since
     * Hazelcast acknowledges what is sent to many partitions together without their backups.
     */
    @Override
    public <R> List<CompletionStage<R>> executeAll(List<Request<R>> requests) {
        Bulk<R> bulk = new Bulk<>(requests);
        List<Bulk<R>.Part> parts = bulk.parts();
        if (parts.size() > 1 && bulk.isReading()) {
            Bulk.groups(parts).forEach(this::read);
        } else {
            parts.forEach(this::execute);
        }
        return bulk.replies();
    }

    private <R> void execute(Bulk<R>.Part part) {
        take(
                        part.partition(),
                        new Step.Execute(part.calls()),
                        in -> part.read(in, from -> Optional.of(Wire.readReply(from))))
                .whenComplete((replies, failure) -> {
                    if (failure == null) {
                        part.reply(replies);
                    } else {
                        part.fail(Failures.translate(failure, address));
                    }
                });
    }

    /**
     * Asks for what is there, of all partitions at once, and has carried out what is left. One partition that does not answer
     * keeps the others waiting, but not for long: then each is asked by itself.
     */
    private <R> void read(List<Bulk<R>.Part> parts) {
        Map<Integer, List<Step.Call<?>>> calls = new HashMap<>();
        parts.forEach(part -> calls.put(part.partition(), part.calls()));
        CompletableFuture<?> unused = answers.<Map<Integer, byte[]>, List<List<Optional<Object>>>>take(
                        () -> partitions.submitToKeys(calls.keySet(), new PartitionReader(new Step.Ask(calls))),
                        LONGEST_READ,
                        known -> parts.stream()
                                .map(part -> read(known.get(part.partition()), part))
                                .toList())
                .whenComplete((known, failure) -> {
                    for (int i = 0; i < parts.size(); i++) {
                        Bulk<R>.Part left = failure == null ? parts.get(i).reply(known.get(i)) : parts.get(i);
                        if (left.size() > 0) {
                            execute(left);
                        }
                    }
                });
    }

    /** What a {@link PartitionReader} knows, if anything. */
    private static <R> List<Optional<Object>> read(byte @Nullable [] bytes, Bulk<R>.Part part) {
        return bytes == null
                ? Collections.nCopies(part.size(), Optional.empty())
                : read(
                        bytes,
                        in -> part.read(in, from -> Optional.ofNullable(Wire.readNullable(from, Wire::readReply))));
    }

    @Override
    public CompletionStage<long[]> invalidateAll(String cache) {
        return gather(all(), partition -> take(partition, new Step.InvalidateAll(cache), DataInput::readLong))
                .thenApply(floors -> floors.stream().mapToLong(Long::longValue).toArray());
    }

    @Override
    public CompletionStage<long[]> heads() {
        return headReplies()
                .thenApply(
                        replies -> replies.stream().mapToLong(HeadReply::head).toArray());
    }

    /** The heads of all partitions, and their times. */
    private CompletionStage<List<HeadReply>> headReplies() {
        return ask(new Step.Head(), HeadReply::read).thenApply(replies -> {
            seen.saw(replies);
            return replies;
        });
    }

    private List<Integer> all() {
        return IntStream.range(0, config.partitions()).boxed().toList();
    }

    /** Asks all partitions in one round trip to each member, and those that have to be looked at first once more. */
    private <T> CompletionStage<List<T>> ask(Step step, Reply<T> reply) {
        Set<Integer> keys = all().stream().collect(Collectors.toSet());
        return bounded(() -> partitions.<byte[]>submitToKeys(keys, new PartitionReader(step)), known -> known)
                .thenCompose(known -> gather(all(), partition -> {
                    byte[] bytes = known.get(partition);
                    return bytes == null
                            ? take(partition, step, reply)
                            : CompletableFuture.completedFuture(read(bytes, reply));
                }));
    }

    private interface Asking<T> {
        CompletionStage<T> ask(int partition);
    }

    private static <T> CompletionStage<List<T>> gather(List<Integer> partitions, Asking<T> asking) {
        List<CompletableFuture<T>> replies = partitions.stream()
                .map(partition -> asking.ask(partition).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new))
                .thenApply(done -> replies.stream().map(CompletableFuture::join).toList());
    }

    @Override
    public CompletionStage<Long> startOver(int partition, long seen, long above) {
        return take(partition, new Step.StartOver(seen, above), DataInput::readLong);
    }

    @Override
    public CompletionStage<List<Change>> changesAfter(int partition, long version) {
        return take(partition, new Step.ChangesAfter(version), in -> Wire.readAll(in, Wire::readChange));
    }

    @Override
    public CompletionStage<ChangeSubscription> subscribe(ChangeListener listener) {
        HazelcastFeed feed = new HazelcastFeed(instance, config.name(), listener, this::prepareAgain);
        subscriptions.add(feed);
        CompletableFuture<ChangeSubscription> made =
                bounded(() -> CompletableFuture.runAsync(feed::open, executor), opened -> feed);
        return made.whenComplete((subscription, failure) -> {
            if (failure != null) { // too late perhaps, and then nobody would close it
                feed.close();
                subscriptions.remove(feed);
            }
        });
    }

    @Override
    public Window window(int partition, long patience) {
        return Window.of(seen.of(partition).now(), patience);
    }

    @Override
    public List<CompletionStage<Claim>> claim(
            String cache, List<Integer> asked, String flusher, long term, int most, Map<Integer, String> over) {
        List<CompletionStage<Claim>> claims = new ArrayList<>(asked.size());
        for (int partition : asked) {
            Step step = new Step.ClaimPending(cache, flusher, term, most, over.get(partition));
            claims.add(take(partition, step, Step.ClaimPending::reply));
        }
        return claims;
    }

    @Override
    public CompletionStage<List<PendingWrite>> parked(String cache, int most) {
        return ask(new Step.Parked(cache, most), in -> Wire.readAll(in, Wire::readPendingWrite))
                .thenApply(lists -> lists.stream().flatMap(List::stream).toList());
    }

    @Override
    public CompletionStage<Durability> durability() {
        return CompletableFuture.completedFuture(MapSettings.durability(
                settings, instance.getCluster().getMembers().size()));
    }

    @Override
    public void close() {
        subscriptions.forEach(HazelcastFeed::close);
        subscriptions.clear();
    }
}
