package dev.duet.sim;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Content;
import dev.duet.store.InMemoryStore;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.WriteReply;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The store's server: the real operations, with a clock that may be set and data that may be lost. */
final class Server {

    static final String CONFIG_NAME = "simulation";
    static final String CACHE = "rows";
    private static final long EPOCH_MICROS = 1_800_000_000_000_000L;

    private final World world;
    private final NamespaceConfig config;
    private final InMemoryStore store;
    private final List<Witness> witnesses;
    private final Guards guards;
    private final RecordKey[] keys;
    private final int[] puts;
    private final Namespace inspector;
    private final VersionCodec codec = new VersionCodec();
    private long clockOffset;

    Server(World world, Plan plan, Guards guards, Witness... witnesses) {
        this.world = world;
        this.witnesses = List.of(witnesses);
        this.guards = guards;
        this.config = new NamespaceConfig(CONFIG_NAME, plan.partitions);
        this.store = InMemoryStore.builder()
                .clock(this::clock)
                .logSize(world.random.nextInt(2, 40))
                .build();
        this.keys = new RecordKey[plan.keys];
        for (int key = 0; key < keys.length; key++) {
            keys[key] = config.recordKey(CACHE, String.valueOf(key));
        }
        this.puts = new int[plan.keys];
        this.inspector = store.open(config, "inspector");
    }

    NamespaceConfig config() {
        return config;
    }

    /** What its clock says, in microseconds. */
    long clock() {
        return EPOCH_MICROS + clockOffset + world.now() / World.MICROS;
    }

    /** Where a key's record is. */
    RecordKey recordKey(int key) {
        return keys[key];
    }

    /** The key whose record that is. */
    static int keyOf(RecordKey record) {
        return Integer.parseInt(record.key());
    }

    <R> CompletionStage<R> execute(SimulatedNode node, RecordKey record, Operation<R> operation) {
        witnesses.forEach(witness -> witness.applies(record, operation));
        CompletionStage<R> stage = guards.execute(view(node), record, operation);
        R reply = stage.toCompletableFuture().join();
        world.trace.say("store: ", operation, " of key ", record.key(), " by ", node, " -> ", reply);
        int key = keyOf(record);
        witnesses.forEach(witness -> witness.applied(key, operation, reply));
        Content content = operation instanceof Operation.Fill fill
                ? fill.content()
                : operation instanceof Operation.Put put
                        ? put.content()
                        : operation instanceof Operation.Complete complete ? complete.content() : null;
        if (content != null && ((WriteReply) reply).stored()) {
            Long version = codec.unwrap(record, content.payload());
            if (version != null) {
                witnesses.forEach(witness -> witness.stored(key, version, content));
                if (operation instanceof Operation.Complete) {
                    witnesses.forEach(witness -> witness.completed(key, version));
                }
            }
        }
        return stage;
    }

    CompletionStage<long[]> invalidateAll(SimulatedNode node, String cache) {
        world.trace.say("store: invalidateAll by ", node);
        CompletionStage<long[]> floors = guards.invalidateAll(view(node), cache);
        witnesses.forEach(Witness::invalidatedAll);
        return floors;
    }

    CompletionStage<long[]> heads(SimulatedNode node) {
        return guards.heads(view(node), node.link);
    }

    /** The heads as they are. */
    long[] heads() {
        return inspector.heads().toCompletableFuture().join();
    }

    CompletionStage<Long> startOver(SimulatedNode node, int partition, long seen, long above) {
        world.trace.say("store: partition ", partition, " is started over by ", node, ", ", seen, " is below ", above);
        return view(node).startOver(partition, seen, above);
    }

    CompletionStage<Claim> claim(
            SimulatedNode node,
            String cache,
            int partition,
            String flusher,
            long term,
            int most,
            @Nullable String over) {
        CompletionStage<Claim> claim = guards.claim(view(node), cache, partition, flusher, term, most, over);
        world.trace.say("store: claim of partition ", partition, " by ", node, " for ", term, " -> ", claim);
        return claim;
    }

    CompletionStage<List<PendingWrite>> parked(SimulatedNode node, String cache, int most) {
        return view(node).parked(cache, most);
    }

    CompletionStage<List<Change>> changesAfter(SimulatedNode node, int partition, long version) {
        return view(node).changesAfter(partition, version);
    }

    ChangeSubscription subscribe(SimulatedNode node, ChangeListener listener) {
        return view(node).subscribe(listener).toCompletableFuture().join();
    }

    private Namespace view(SimulatedNode node) {
        return store.open(config, node.name);
    }

    /** What a reader would find. */
    Reading read(RecordKey record) {
        return inspector
                .execute(record, new Operation.Read())
                .toCompletableFuture()
                .join();
    }

    /** How many writes of the cache are pending in a partition, parked ones too. */
    long pending(int partition) {
        Claim claim = inspector
                .claim(CACHE, List.of(partition), "inspector", 0, 0)
                .get(0)
                .toCompletableFuture()
                .join();
        return claim.pending() + claim.parked();
    }

    void sent(RecordKey record, Operation<?> operation) {
        Strand strand = world.current();
        witnesses.forEach(witness -> witness.sent(keyOf(record), operation, strand));
    }

    /** The version that a reader would get from the store, or null. */
    @Nullable
    Long stored(int key) {
        Reading reading = read(keys[key]);
        Reading.Hit hit = reading instanceof Reading.Writing writing
                ? writing.old()
                : reading instanceof Reading.Hit found ? found : null;
        return hit == null ? null : codec.unwrap(keys[key], hit.payload());
    }

    /** Forgets a record. */
    void evict(int key) {
        world.trace.say("store: key ", key, " is evicted");
        guards.evicts(inspector, keys[key]);
        store.evict(CONFIG_NAME, keys[key]);
        witnesses.forEach(witness -> witness.evicted(key));
    }

    InMemoryStore.Snapshot snapshot() {
        return store.snapshot(CONFIG_NAME);
    }

    /** Starts again with old data or none, and maybe with a clock that goes wrong by so much from then on. */
    void restart(InMemoryStore.@Nullable Snapshot from, long clockError) {
        world.trace.say("store: restarts ", from == null ? "empty" : "from a snapshot", ", clock error ", clockError);
        clockOffset = clockError / World.MICROS;
        store.restart(CONFIG_NAME, from, guards.restartsAreNoticed());
        witnesses.forEach(Witness::restarted);
    }

    /** Sets the clock forward, or back if that is negative. */
    void setClock(long nanos) {
        world.trace.say("store: the clock is set by ", nanos / World.MILLIS, " ms");
        clockOffset += nanos / World.MICROS;
        witnesses.forEach(witness -> witness.clockSet(nanos));
    }

    void putSent(RecordKey record) {
        puts[keyOf(record)]++;
    }

    void putGone(RecordKey record) {
        puts[keyOf(record)]--;
    }

    /** Whether a put is on its way, so that a write to the database might be overtaken by it. */
    boolean hasPutUnderWay(int key) {
        return puts[key] > 0;
    }
}
