package dev.duet.exhaustive;

import dev.duet.exhaustive.Near.Copy;
import dev.duet.local.CoarseClock;
import dev.duet.local.FillOutcome;
import dev.duet.local.Freshness;
import dev.duet.local.NearCache;
import dev.duet.local.NearCacheConfig;
import dev.duet.local.NearLife;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The near caches: has each call made by a real {@link NearCache} that was brought into the state in question, and reads
 * the state afterwards from it. As that depends on the state and the call alone, each is made once and remembered.
 */
final class NearCaches {

    private static final String KEY = "456";
    private static final NearLife FOREVER = NearLife.of(Long.MAX_VALUE, Long.MAX_VALUE);

    private final boolean remembersChanges;
    private final CoarseClock clock = CoarseClock.manual(() -> 0);
    private final Map<Object, Result> known = new HashMap<>();

    /**
     * Near caches of nothing.
     *
     * @param remembersChanges whether it matters which change came last
     */
    NearCaches(boolean remembersChanges) {
        this.remembersChanges = remembersChanges;
    }

    /**
     * What a call led to.
     *
     * @param near the state afterwards
     * @param invalidations by how much tickets that were taken before it are behind
     */
    record Result(Near near, int invalidations) {}

    private record Invalidation(Near near, int version) {}

    private record Raise(Near near, int version) {}

    private record Insertion(Near near, int ticket, Copy copy, Kind kind) {}

    private enum Kind {
        READ,
        PUT,
        ANNOUNCED
    }

    /** What a lookup serves. */
    @Nullable
    Copy lookup(Near near) {
        return near.copy(); // as the real near cache served it when this state was read from it
    }

    /** Acts on a change. */
    Result invalidate(Near near, int version) {
        return known.computeIfAbsent(
                new Invalidation(near, version), call -> on(near, version, real -> real.invalidate(KEY, 0, version)));
    }

    /** Drops the node's own copy. */
    Result drop(Near near) {
        return known.computeIfAbsent(
                new Invalidation(near, 0), call -> on(near, near.last(), real -> real.invalidate(KEY)));
    }

    Result raiseFloor(Near near, int version) {
        return known.computeIfAbsent(
                new Raise(near, version), call -> on(near, near.last(), real -> real.raiseFloor(0, version)));
    }

    /** Evicts the entry. */
    Near evict(Near near) {
        return new Near(null, near.floor(), near.last());
    }

    /** Keeps what was read with a ticket that is {@code behind} by a number of invalidations. */
    Result fill(Near near, int behind, Copy copy) {
        return known.computeIfAbsent(
                new Insertion(near, behind, copy, Kind.READ),
                call -> on(
                        near,
                        near.last(),
                        behind,
                        (real, ticket) -> real.fill(KEY, ticket, copy, 0, copy.version(), FOREVER)));
    }

    /** Keeps what the node itself has put, with a ticket that is {@code behind} by a number of invalidations. */
    Result replace(Near near, int behind, Copy copy) {
        return known.computeIfAbsent(
                new Insertion(near, behind, copy, Kind.PUT),
                call -> on(
                        near,
                        near.last(),
                        behind,
                        (real, ticket) -> real.replace(KEY, ticket, copy, 0, copy.version(), FOREVER)));
    }

    /** Keeps what the node's own announced write has left, with a ticket that is {@code behind} by a number of invalidations. */
    Result replaceAnnounced(Near near, int behind, Copy copy) {
        return known.computeIfAbsent(
                new Insertion(near, behind, copy, Kind.ANNOUNCED),
                call -> on(
                        near,
                        near.last(),
                        behind,
                        (real, ticket) -> real.replaceAnnounced(KEY, ticket, copy, 0, copy.version(), FOREVER)));
    }

    private interface Call {
        void make(NearCache<String, Copy> real, long ticket);
    }

    private Result on(Near near, int last, Consumer<NearCache<String, Copy>> call) {
        return on(near, last, 0, (real, ticket) -> call.accept(real));
    }

    private Result on(Near near, int last, int behind, Call call) {
        NearCache<String, Copy> real = new NearCache<>(NearCacheConfig.ofSize(16, 1), clock, Freshness.endless());
        if (near.last() > 0) {
            real.invalidate(KEY, 0, near.last());
        }
        long ticket = real.ticket(KEY);
        for (int i = 0; i < behind; i++) {
            real.invalidate(KEY);
        }
        Copy copy = near.copy();
        if (copy != null) {
            FillOutcome filled = real.fill(KEY, real.ticket(KEY), copy, 0, copy.version(), FOREVER);
            if (filled != FillOutcome.FILLED) {
                throw new AssertionError(near + " cannot be: " + filled);
            }
        }
        real.raiseFloor(0, near.floor());

        long before = real.ticket(KEY);
        call.make(real, ticket);
        Near after = new Near(real.lookup(KEY), (int) real.floor(0), remembersChanges ? last : 0);
        return new Result(after, (int) (real.ticket(KEY) - before));
    }
}
