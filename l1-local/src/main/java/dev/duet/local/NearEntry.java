package dev.duet.local;

import org.jspecify.annotations.Nullable;

/**
 * What is kept for a key. Immutable, so that it is published whole; what changes of it is a new entry in place of the old
 * one, of the same value, version and trust.
 *
 * <p>Near caches are as fast as their entries are small, since a hit costs what it has to fetch into the processor's cache.
 * So there are three forms. Most entries are {@link Compact}: they have an end, and perhaps a refresh moment, and weigh
 * one. {@link Endless} is for those without an end. Both take 48 bytes with compressed references: a header of 12, the
 * reference of the value 4, version, calm, partition with distances, and one number more 8 each. Whatever else there is to
 * know makes a {@link Full} one, of 56 bytes and a {@link NearLife} of 56 if its life is not plain. A lookup reads what all
 * three have in common, and the trust only if the node is not fresh.
 */
abstract sealed class NearEntry<V> {

    private static final int PARTITION_SHIFT = 52;

    private final V value;
    private final long version;
    private final long calmUntil;
    /** The partition in the highest 12 bits, and what {@link Compact} makes of the others. */
    final long bits;

    private NearEntry(V value, long version, long calmUntil, int partition, long distances) {
        this.value = value;
        this.version = version;
        this.calmUntil = calmUntil;
        this.bits = ((long) partition << PARTITION_SHIFT) | distances;
    }

    static <V> NearEntry<V> of(V value, long version, NearLife life, int partition, int weight) {
        return of(value, version, life, partition, weight, life.isPlain());
    }

    /**
     * An entry, in the smallest form that holds it.
     *
     * @param nameless whether the value's name is of no use
     */
    private static <V> NearEntry<V> of(
            V value, long version, NearLife life, int partition, int weight, boolean nameless) {
        if (weight == 1 && Compact.canHold(life)) {
            return new Compact<>(value, version, life, partition, nameless ? 0 : life.writtenAt());
        }
        if (weight == 1 && nameless && life.deadline() == Long.MAX_VALUE) {
            return new Endless<>(value, version, life.trusted(), partition);
        }
        return new Full<>(value, version, life, partition, weight, nameless ? null : life);
    }

    final V value() {
        return value;
    }

    final long version() {
        return version;
    }

    /** Until when a lookup serves it: its refresh moment or its deadline, whichever is first. */
    final long calmUntil() {
        return calmUntil;
    }

    final int partition() {
        return (int) (bits >>> PARTITION_SHIFT);
    }

    /** Until when it is served though nothing is heard of changes. */
    abstract long trusted();

    abstract NearLife life();

    long deadline() {
        return calmUntil;
    }

    long retainedUntil() {
        return deadline();
    }

    long writtenAt() {
        return 0;
    }

    boolean isStale() {
        return false;
    }

    int weight() {
        return 1;
    }

    /** The same with another refresh moment. */
    final NearEntry<V> refreshedAt(long moment) {
        // With its name even if there is nothing to refresh any more: it may be refreshed later.
        return of(value, version, life().refreshedAt(moment), partition(), weight(), false);
    }

    /** The same as a stale one, to be served until a time, but not beyond its retention. */
    final NearEntry<V> staleUntil(long until) {
        return of(value, version, life().staleUntil(until), partition(), weight());
    }

    /** Whether a hit was of this value: the very same, not an equal one. */
    @SuppressWarnings("ReferenceEquality")
    final boolean isOf(NearHit<?> hit) {
        return value == hit.value() && version == hit.version() && writtenAt() == hit.writtenAt();
    }

    final NearHit<V> hit(long now, boolean refreshDue) {
        long deadline = deadline();
        return new NearHit<>(value, version, writtenAt(), deadline, isStale() || now >= deadline, refreshDue);
    }

    /**
     * With an end, perhaps with a refresh moment before it; of weight one. The deadline is kept as its distance from the
     * calm, and the trust as its distance from the deadline, both in ticks of about 8 ms and so that either comes a tick
     * too soon rather than too late: less than the granularity of the clock.
     */
    private static final class Compact<V> extends NearEntry<V> {

        private static final int TICK_SHIFT = 23;
        private static final int DISTANCE_BITS = 26;
        private static final long DISTANCE_MASK = (1L << DISTANCE_BITS) - 1;
        /** 6.5 days. */
        private static final long LONGEST = DISTANCE_MASK << TICK_SHIFT;
        /** So long that a tick does not matter: a second. */
        private static final long SHORTEST = 1_000_000_000;

        private final long writtenAt;

        private Compact(V value, long version, NearLife life, int partition, long writtenAt) {
            super(value, version, life.calmUntil(), partition, distances(life));
            this.writtenAt = writtenAt;
        }

        static boolean canHold(NearLife life) {
            return life.deadline() != Long.MAX_VALUE
                    && Math.min(life.calmUntil(), life.trusted()) >= 0
                    && life.retainedUntil() == life.deadline()
                    && !life.stale()
                    && life.deadline() - life.calmUntil() <= LONGEST
                    && life.deadline() - life.trusted() >= SHORTEST
                    && life.deadline() - life.trusted() <= LONGEST;
        }

        private static long distances(NearLife life) {
            long calm = (life.deadline() - life.calmUntil()) >> TICK_SHIFT;
            long deadline = life.calmUntil() + (calm << TICK_SHIFT);
            long trust = (deadline - life.trusted() + (1L << TICK_SHIFT) - 1) >> TICK_SHIFT;
            return calm << DISTANCE_BITS | trust;
        }

        @Override
        long trusted() {
            return deadline() - ((bits & DISTANCE_MASK) << TICK_SHIFT);
        }

        @Override
        long deadline() {
            return calmUntil() + ((bits >> DISTANCE_BITS & DISTANCE_MASK) << TICK_SHIFT);
        }

        @Override
        long writtenAt() {
            return writtenAt;
        }

        @Override
        NearLife life() {
            long deadline = deadline();
            long refreshAt = calmUntil() < deadline ? calmUntil() : Long.MAX_VALUE;
            return new NearLife(trusted(), deadline, refreshAt, deadline, writtenAt, false);
        }
    }

    /** Without an end and without a refresh moment; of weight one. */
    private static final class Endless<V> extends NearEntry<V> {

        private final long trusted;

        private Endless(V value, long version, long trusted, int partition) {
            super(value, version, Long.MAX_VALUE, partition, 0);
            this.trusted = trusted;
        }

        @Override
        long trusted() {
            return trusted;
        }

        @Override
        NearLife life() {
            return NearLife.of(trusted, Long.MAX_VALUE);
        }
    }

    /** With whatever there is to know. */
    private static final class Full<V> extends NearEntry<V> {

        private final long trusted;
        private final int weight;
        /** Null for a plain life, of which trust and deadline, here the end of the calm, are all. */
        private final @Nullable NearLife special;

        private Full(V value, long version, NearLife life, int partition, int weight, @Nullable NearLife special) {
            super(value, version, life.calmUntil(), partition, 0);
            this.trusted = life.trusted();
            this.weight = weight;
            this.special = special;
        }

        @Override
        long trusted() {
            return trusted;
        }

        @Override
        int weight() {
            return weight;
        }

        @Override
        NearLife life() {
            return (special == null) ? NearLife.of(trusted, calmUntil()) : special;
        }

        @Override
        long deadline() {
            return (special == null) ? calmUntil() : special.deadline();
        }

        @Override
        long retainedUntil() {
            return (special == null) ? calmUntil() : special.retainedUntil();
        }

        @Override
        long writtenAt() {
            return (special == null) ? 0 : special.writtenAt();
        }

        @Override
        boolean isStale() {
            return special != null && special.stale();
        }
    }
}
