package dev.duet;

import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.Holder;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * The leases by which this node alone makes what is pending of a cache, one for each partition, as far as it knows.
 * Thread-safe.
 *
 * <p>Implementation note. A lease counts from when its request was sent, so it ends here before it does in the store. One that
 * has ended is not taken up again by a renewal: somebody else may have had it meanwhile. Leases are given back under the token
 * that they were claimed under, and the next are claimed under another: so a release that arrives late takes none away.
 *
 * <p>The store does not end a lease, whose clock may be set. Who dies with one is found out here: a holding that stays the same
 * for all of its term, by a clock that nobody sets, is taken over (anomaly A43). Its holder counts from an earlier moment, that
 * at which it was sent for.
 */
final class FlusherLeases {

    /** For how many terms a lease is renewed while one call of the writer goes on. */
    static final int MOST_TERMS = 6;

    private final String cache;
    private final Node node;
    private final long term;
    private final List<Integer> partitions;
    /** Until when each partition is claimed, by the node's clock; guarded by itself. */
    private final long[] heldUntil;

    /** By partition, the holding of another that was seen; guarded by itself. */
    private final Map<Integer, Seen> others = new HashMap<>();

    private volatile String token;

    /** A holding, and since when it is the same. */
    private record Seen(Holder holder, long since) {}

    FlusherLeases(String cache, Node node, Duration term) {
        this.cache = cache;
        this.node = node;
        this.term = Durations.micros(term);
        this.token = node.newToken();
        this.partitions =
                IntStream.range(0, node.link().config().partitions()).boxed().toList();
        this.heldUntil = new long[partitions.size()];
        Arrays.fill(heldUntil, Long.MIN_VALUE);
    }

    /** Claims all partitions, and at most so many writes in each. */
    CompletableFuture<List<StoreReply<Claim>>> claim(int most) {
        return node.link().claim(cache, partitions, token, term, most, over());
    }

    /** The holdings that have stood for all of their term. */
    private Map<Integer, String> over() {
        long now = node.clock().monotonic();
        synchronized (others) {
            Map<Integer, String> over = new HashMap<>();
            others.forEach((partition, seen) -> {
                if (now - seen.since() >= seen.holder().term() * 1_000) {
                    over.put(partition, seen.holder().holding());
                }
            });
            return over;
        }
    }

    /** The store has answered a claim that was sent at {@code sent}, by the node's clock. */
    void claimed(int partition, Claim claim, long sent) {
        claimed(partition, claim.granted(), sent);
        Holder holder = claim.holder();
        synchronized (others) {
            if (holder == null) {
                others.remove(partition);
                return;
            }
            Seen seen = others.get(partition);
            if (seen == null || !seen.holder().equals(holder)) {
                others.put(partition, new Seen(holder, node.clock().monotonic()));
            }
        }
    }

    private void claimed(int partition, boolean granted, long sent) {
        synchronized (heldUntil) {
            heldUntil[partition] = granted ? sent + term * 1_000 : Long.MIN_VALUE;
        }
    }

    boolean isHeld(int partition) {
        long now = node.clock().read();
        synchronized (heldUntil) {
            return heldUntil[partition] != Long.MIN_VALUE && heldUntil[partition] - now > 0;
        }
    }

    /**
     * Renews leases every third of their term until that is cancelled, or a call of the writer takes too long.
     *
     * @param began when the last call of the writer began, by the node's clock
     */
    Future<?> renew(List<Integer> mine, LongSupplier began) {
        try {
            return node.scheduler()
                    .scheduleAtFixedRate(
                            () -> {
                                if (node.clock().read() - began.getAsLong() < MOST_TERMS * term * 1_000) {
                                    renew(mine);
                                }
                            },
                            term / 3,
                            term / 3,
                            TimeUnit.MICROSECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(null); // the node is being closed
        }
    }

    private void renew(List<Integer> mine) {
        long sent = node.clock().read();
        CompletableFuture<?> unused = node.link()
                .claim(cache, mine, token, term, 0, Map.of())
                .thenAccept(replies -> {
                    for (int i = 0; i < replies.size(); i++) {
                        StoreReply<Claim> reply = replies.get(i);
                        if (reply.failure() == null && isHeld(mine.get(i))) {
                            claimed(mine.get(i), reply.get(), sent);
                        }
                    }
                });
    }

    /** Gives all back; done when the store has answered. */
    CompletableFuture<?> release() {
        List<Integer> mine = partitions.stream().filter(this::isHeld).toList();
        if (mine.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        mine.forEach(partition -> claimed(partition, false, 0));
        String last = token;
        token = node.newToken();
        return node.link().claim(cache, mine, last, 0, 0, Map.of());
    }
}
