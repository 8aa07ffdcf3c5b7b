package dev.duet.local;

import org.jspecify.annotations.Nullable;

/**
 * What is kept for a key. Immutable, so that it is published whole; what changes of it is a new entry in place of the old
 * one, of the same value, version and trust.
 *
 * <p>Near caches are as fast as their entries are small, since a hit costs what it has to fetch into the processor's cache.
 * So there are three forms, with compressed references: {@link Plain} of 48 bytes, for a plain life; {@link Refreshed} of 48
 * too, for one with a refresh moment; and for whatever else there is to know {@link Full} of 56, with a {@link NearLife} of 56 more
 * if its life is not plain. A lookup reads what all three have in common, and the trust only if the node is not fresh.
 */
abstract sealed class NearEntry<V> {

    private final V value;
    private final long version;
    private final long calmUntil;
    private final short partition; // with room for a short and an int beside it, before the next eight bytes begin

    private NearEntry(V value, long version, long calmUntil, int partition) {
        this.value = value;
        this.version = version;
        this.calmUntil = calmUntil;
        this.partition = (short) partition;
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
        if (weight == 1 && nameless) {
            return new Plain<>(value, version, life, partition);
        }
        return weight == 1 && Refreshed.canHold(life)
                ? new Refreshed<>(value, version, life, partition)
                : new Full<>(value, version, life, partition, weight, nameless ? null : life);
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
        return partition;
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

    /** Of a plain life and of weight one. */
    private static final class Plain<V> extends NearEntry<V> {

        private final long trusted;

        private Plain(V value, long version, NearLife life, int partition) {
            super(value, version, life.deadline(), partition);
            this.trusted = life.trusted();
        }

        @Override
        long trusted() {
            return trusted;
        }

        @Override
        NearLife life() {
            return NearLife.of(trusted, deadline());
        }
    }

    /**
     * With a refresh moment, or with one that was claimed; of weight one, and of a name below 2^53, as those of the store are.
     *
     * <p>The deadline is kept as its distance from the refresh moment, which is put up to 66 microseconds ahead for that, and the
     * end of trust as its distance from the deadline, so that it comes up to a millisecond too soon, and never too late.
     */
    private static final class Refreshed<V> extends NearEntry<V> {

        private static final int EARLY_SHIFT = 16;
        private static final int EARLY_BITS = 27;
        private static final long MOST_EARLY = ((1L << EARLY_BITS) - 1) << EARLY_SHIFT;
        private static final int TRUST_SHIFT = 20;
        /** So long that a millisecond does not matter: a second. */
        private static final long SHORTEST = 1_000_000_000;

        private static final long LONGEST = (long) Integer.MAX_VALUE << TRUST_SHIFT;
        private static final int NAME_BITS = 53;

        /** How long before the deadline trust ends. */
        private final int distrusted;
        /** How long before the deadline the refresh moment is, and above that the highest bits of the name. */
        private final int early;

        private final int nameLow;
        private final short nameMiddle;

        private Refreshed(V value, long version, NearLife life, int partition) {
            super(value, version, life.deadline() - (early(life) << EARLY_SHIFT), partition);
            long name = life.writtenAt();
            this.distrusted = (int) up(life.deadline() - life.trusted(), TRUST_SHIFT);
            this.early = (int) (early(life) | ((name >>> 48) << EARLY_BITS));
            this.nameLow = (int) name;
            this.nameMiddle = (short) (name >>> 32);
        }

        private static long early(NearLife life) {
            return up(life.deadline() - life.calmUntil(), EARLY_SHIFT);
        }

        private static long up(long time, int shift) {
            return (time + (1L << shift) - 1) >> shift;
        }

        static boolean canHold(NearLife life) {
            return life.retainedUntil() == life.deadline()
                    && !life.stale()
                    && life.writtenAt() >>> NAME_BITS == 0
                    && life.calmUntil() >= 0
                    && life.deadline() - life.calmUntil() <= MOST_EARLY
                    && life.trusted() >= 0
                    && life.deadline() - life.trusted() >= SHORTEST
                    && life.deadline() - life.trusted() <= LONGEST;
        }

        @Override
        long trusted() {
            return deadline() - ((long) distrusted << TRUST_SHIFT);
        }

        @Override
        long deadline() {
            return calmUntil() + ((long) (early & ((1 << EARLY_BITS) - 1)) << EARLY_SHIFT);
        }

        @Override
        long writtenAt() {
            return ((long) (early >>> EARLY_BITS) << 48) | ((nameMiddle & 0xFFFFL) << 32) | (nameLow & 0xFFFFFFFFL);
        }

        @Override
        NearLife life() {
            long deadline = deadline();
            long refreshAt = calmUntil() < deadline ? calmUntil() : Long.MAX_VALUE;
            return new NearLife(trusted(), deadline, refreshAt, deadline, writtenAt(), false);
        }
    }

    /** With whatever there is to know. */
    private static final class Full<V> extends NearEntry<V> {

        private final long trusted;
        private final int weight;
        /** Null for a plain life, of which trust and deadline, here the end of the calm, are all. */
        private final @Nullable NearLife special;

        private Full(V value, long version, NearLife life, int partition, int weight, @Nullable NearLife special) {
            super(value, version, life.calmUntil(), partition);
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
