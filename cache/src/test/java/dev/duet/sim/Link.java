package dev.duet.sim;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.ClockEstimate;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.RecordKey;
import dev.duet.store.Store;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A node's way to the store: requests and replies take their time, in no order; each may be lost; a request may arrive
 * twice. What was sent arrives though its sender has died.
 */
final class Link implements Store, Namespace {

    /** For longer than the longest {@code storeTimeout}. */
    private static final long HELD = 600 * World.MILLIS;

    private final World world;
    private final SimulatedNode node;
    private final Server server;
    private final Network network;
    private final Guards guards;
    private final List<Feed> feeds = new ArrayList<>();
    private final Set<String> forgotten = new HashSet<>();
    private final ClockEstimate clock = new ClockEstimate();
    private long[] heads;
    /** Whether the store's clock went back, and it was not started over yet. */
    private boolean suspect;

    private long cutUntil;
    private boolean refuses;
    private boolean dead;

    Link(World world, SimulatedNode node, Server server, Network network, Guards guards) {
        this.world = world;
        this.node = node;
        this.server = server;
        this.network = network;
        this.guards = guards;
        this.heads = new long[server.config().partitions()];
    }

    /** Cuts this node off from the store for so long. */
    void cut(long nanos, boolean refusing) {
        cutUntil = world.now() + nanos;
        refuses = refusing;
    }

    /** Ends what goes wrong with this link; a feed that hears nothing is left to the node to find out. */
    void heal() {
        cutUntil = 0;
    }

    /** From now on an intent is not renewed, as one that was collected as garbage. */
    void forget(String token) {
        forgotten.add(token);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"
    }) // the reply of a renewal, and asked for by nobody else
    private static <R> R renewed() {
        return (R) Boolean.TRUE;
    }

    void die() {
        dead = true;
        feeds().forEach(Feed::close);
    }

    boolean isUp() {
        return !network.isDown() && world.now() >= cutUntil;
    }

    /** The subscriptions that stand, or are to stand again. */
    List<Feed> feeds() {
        feeds.removeIf(Feed::isClosed);
        return List.copyOf(feeds);
    }

    /** Sends a request, and returns its reply, which may never come. */
    <T> CompletableFuture<T> exchange(Supplier<CompletionStage<T>> request) {
        return exchange(request, network.repeats(), () -> {}, 0);
    }

    /** For how long the request at hand is held up, which is for longer than anybody waits for it. */
    private long held() {
        return network.holdsBack() ? HELD + world.random.nextInt(3_000) * World.MILLIS : 0;
    }

    /**
     * As {@link #exchange(Supplier)}.
     *
     * @param twice whether the request arrives once more, later
     * @param gone called when it is not on its way any more
     * @param held for how long it is held up on its way
     */
    private <T> CompletableFuture<T> exchange(
            Supplier<CompletionStage<T>> request, boolean twice, Runnable gone, long held) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        if (!dead) {
            int[] copies = {twice ? 2 : 1};
            Runnable copyGone = () -> {
                if (--copies[0] == 0) {
                    gone.run();
                }
            };
            send(request, reply, network.delay() + held, copyGone);
            if (twice) {
                send(request, reply, network.delay() + world.random.nextInt(300_000) * World.MICROS, copyGone);
            }
        }
        return reply;
    }

    private <T> void send(Supplier<CompletionStage<T>> request, CompletableFuture<T> reply, long delay, Runnable gone) {
        boolean lost = network.loses();
        world.after(delay, () -> {
            if (!lost) {
                arrive(request, reply);
            }
            gone.run();
        });
    }

    private <T> void arrive(Supplier<CompletionStage<T>> request, CompletableFuture<T> reply) {
        if (!isUp()) {
            if (network.isDown() ? network.refuses() : refuses) {
                world.after(
                        network.delay(),
                        node,
                        () -> reply.completeExceptionally(new StoreUnavailableException("connection refused", null)));
            }
            return;
        }
        CompletionStage<T> result = request.get();
        if (!network.loses()) {
            world.after(
                    network.delay(),
                    node,
                    () -> result.whenComplete((value, failure) -> {
                        if (failure == null) {
                            reply.complete(value);
                        } else {
                            reply.completeExceptionally(failure);
                        }
                    }));
        }
    }

    @Override
    public Namespace open(NamespaceConfig config, String name) {
        clock.read(node.monotonic(), node.monotonic(), server.clock());
        return this;
    }

    @Override
    public String address() {
        return "simulated";
    }

    @Override
    public NamespaceConfig config() {
        return server.config();
    }

    @Override
    public <R> CompletionStage<R> execute(RecordKey key, Operation<R> operation) {
        Strand strand = world.current();
        if (operation instanceof Operation.Begin begin && strand != null) {
            strand.token = begin.token();
            strand.announced.add(Server.keyOf(key));
        }
        if (operation instanceof Operation.Renew renew && forgotten.contains(renew.token())) {
            return CompletableFuture.completedFuture(renewed());
        }
        if (operation instanceof Operation.Put) {
            server.putSent(key);
            return exchange(
                    () -> server.execute(node, key, operation), network.repeats(), () -> server.putGone(key), held());
        }
        if (operation instanceof PendingOperation.Enqueue) {
            server.sent(key, operation);
            // A client that sends one twice may have it take effect after a later one; so none is to.
            return guards.answer(
                    key, operation, exchange(() -> server.execute(node, key, operation), false, () -> {}, held()));
        }
        return guards.answer(key, operation, exchange(() -> server.execute(node, key, operation)));
    }

    @Override
    public CompletionStage<long[]> invalidateAll(String cache) {
        return exchange(() -> server.invalidateAll(node, cache));
    }

    /** As the namespace on Redis does it: the clock comes along with the heads, and a server whose clock went back starts over. */
    @Override
    public CompletionStage<long[]> heads() {
        long sent = node.monotonic();
        long[] before = heads;
        CompletableFuture<long[]> read = exchange(() -> {
            long clock = server.clock();
            return server.heads(node).thenApply(found -> {
                long[] all = Arrays.copyOf(found, found.length + 1);
                all[found.length] = clock;
                return all;
            });
        });
        return read.thenCompose(all -> {
                    long[] found = Arrays.copyOf(all, all.length - 1);
                    suspect |= clock.read(sent, node.monotonic(), all[found.length]) < 0 && guards.clockIsWatched();
                    return suspect ? startOver(before, found) : CompletableFuture.completedFuture(found);
                })
                .thenApply(found -> {
                    heads = found;
                    return found;
                });
    }

    private CompletableFuture<long[]> startOver(long[] before, long[] found) {
        long[] heads = found.clone();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int p = 0; p < heads.length; p++) {
            int partition = p;
            all.add(startOver(p, before[p], found[p])
                    .toCompletableFuture()
                    .thenAccept(head -> heads[partition] = head));
        }
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).thenApply(done -> {
            suspect = false;
            return heads;
        });
    }

    @Override
    public Window window(int partition, long patience) {
        return guards.window(Window.of(clock.at(node.monotonic()), patience));
    }

    @Override
    public CompletionStage<Long> startOver(int partition, long seen, long above) {
        return exchange(() -> server.startOver(node, partition, seen, above));
    }

    @Override
    public CompletionStage<List<Change>> changesAfter(int partition, long version) {
        return exchange(() -> server.changesAfter(node, partition, version));
    }

    @Override
    public CompletionStage<ChangeSubscription> subscribe(ChangeListener listener) {
        Feed feed = new Feed(world, node, server, network, listener);
        feeds.add(feed);
        return exchange(feed::subscribe);
    }

    @Override
    public List<CompletionStage<Claim>> claim(
            String cache, List<Integer> partitions, String flusher, long term, int most, Map<Integer, String> over) {
        return partitions.stream()
                .<CompletionStage<Claim>>map(
                        p -> exchange(() -> server.claim(node, cache, p, flusher, term, most, over.get(p))))
                .toList();
    }

    @Override
    public CompletionStage<List<PendingWrite>> parked(String cache, int most) {
        return exchange(() -> server.parked(node, cache, most));
    }

    @Override
    public CompletionStage<Durability> durability() {
        return CompletableFuture.completedFuture(new Durability(null, null));
    }

    @Override
    public void close() {
        // Only a node that is killed while it starts gets here.
    }
}
