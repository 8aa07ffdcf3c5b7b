package dev.duet.local;

import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.Operation;

/**
 * What a node does with one key, for Lincheck to interleave: a store, which is a number that grows with every change, and a
 * near cache before it. Whatever changes the store has told the near cache by the time it returns; and a read must not
 * return anything older than what the near cache had been told of when the read began.
 */
public class NearCacheOperations {

    private static final int KEY = 1;
    private static final int PARTITION = 0;
    private static final long NEVER = Long.MAX_VALUE;
    private static final NearLife FOREVER = NearLife.of(NEVER, NEVER);

    private final AtomicLong nanos = new AtomicLong();
    private final CoarseClock clock = CoarseClock.manual(nanos::get);
    final NearCache<Integer, Long> near =
            new NearCache<>(NearCacheConfig.ofSize(100, 1), clock, Freshness.endless(), housekeeping -> {});
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong told = new AtomicLong();

    /** Reads through the near cache, and says whether what it got was new enough. */
    @Operation
    public boolean read() {
        long atLeast = told.get();
        Long value = near.lookup(KEY);
        if (value == null) {
            value = load();
        }
        return value >= atLeast;
    }

    /** The same for an entry whose refresh is due, which every entry's is at once; each second refresh fails. */
    @Operation
    public boolean refresh() {
        long atLeast = told.get();
        NearHit<Long> hit = near.examine(KEY);
        if (hit == null) {
            return load() >= atLeast;
        }
        if (hit.refreshDue()) {
            if (hit.version() % 2 == 0) {
                load();
            } else {
                near.refreshLater(KEY, hit.writtenAt(), 0);
            }
        }
        return hit.value() >= atLeast;
    }

    /** A read whose load fails, so that what is retained is served for want of something better. */
    @Operation
    public boolean fail() {
        long atLeast = told.get();
        NearHit<Long> hit = near.retained(KEY);
        if (hit == null) {
            return true;
        }
        near.serveStale(KEY, hit, NEVER);
        return hit.value() >= atLeast;
    }

    /** Time passes, and with it the life of every entry. */
    @Operation
    public void pass() {
        nanos.incrementAndGet();
        clock.tick();
    }

    private long load() {
        long ticket = near.ticket(KEY);
        long value = head.get();
        long now = clock.now();
        near.fill(KEY, ticket, value, PARTITION, value, new NearLife(NEVER, now + 1, now, NEVER, value, false));
        return value;
    }

    /** Another node's write, and its message. */
    @Operation
    public void change() {
        long version = head.incrementAndGet();
        near.invalidate(KEY, PARTITION, version);
        tell(version);
    }

    /** A write of this node's own, announced before and completed after. */
    @Operation
    public void update() {
        near.invalidate(KEY);
        long version = head.incrementAndGet();
        near.invalidate(KEY);
        tell(version);
    }

    /** A value of this node's own, whose message comes before its reply. */
    @Operation
    public void put() {
        long ticket = near.ticket(KEY);
        long version = head.incrementAndGet();
        near.invalidate(KEY, PARTITION, version);
        near.replace(KEY, ticket, version, PARTITION, version, FOREVER);
        tell(version);
    }

    /** A change whose message was lost. */
    @Operation
    public void giveUp() {
        long version = head.incrementAndGet();
        near.raiseFloor(PARTITION, version);
        tell(version);
    }

    final void tell(long version) {
        told.accumulateAndGet(version, Math::max);
    }

    final long newVersion() {
        return head.incrementAndGet();
    }

    /** The same with one operation more, whose thousands of steps are too many to be explored one by one. */
    public static class WithClear extends NearCacheOperations {

        /** The whole cache is invalidated. */
        @Operation
        public void clear() {
            long version = newVersion();
            near.invalidateAll();
            tell(version);
        }
    }

    /** What the operations return in whatever order. */
    public static class Specification {

        public boolean read() {
            return true;
        }

        public boolean refresh() {
            return true;
        }

        public boolean fail() {
            return true;
        }

        public void pass() {}

        public void change() {}

        public void update() {}

        public void put() {}

        public void giveUp() {}

        public void clear() {}
    }
}
