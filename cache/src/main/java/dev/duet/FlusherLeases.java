package dev.duet;

import dev.duet.store.PendingOperation.Claim;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
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

    private volatile String token;

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
        return node.link().claim(cache, partitions, token, term, most);
    }

    /** The store has answered a claim that was sent at {@code sent}, by the node's clock. */
    void claimed(int partition, boolean granted, long sent) {
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
                .claim(cache, mine, token, term, 0)
                .thenAccept(replies -> {
                    for (int i = 0; i < replies.size(); i++) {
                        StoreReply<Claim> reply = replies.get(i);
                        if (reply.failure() == null && isHeld(mine.get(i))) {
                            claimed(mine.get(i), reply.get().granted(), sent);
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
        return node.link().claim(cache, mine, last, 0, 0);
    }
}
