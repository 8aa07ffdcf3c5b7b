package dev.duet.local;

import org.jspecify.annotations.Nullable;

/**
 * What is kept for a key. Immutable, so that it is published whole; what changes of it is a new entry in place of the old
 * one, of the same value, version and trust.
 *
 * <p>56 bytes with compressed references: a header of 12, the references of the value and of the life 4 each, version, trust
 * and calm 8 each, partition 4 and weight 4, which is 52, and 4 to align. A life that is not plain takes 56 more: a header of
 * 12, a boolean and 3 to align, and five times 8. Of these a lookup reads nothing.
 *
 * @param trusted until when it is served though nothing is heard of changes
 * @param calmUntil until when a lookup serves it: its refresh moment or its deadline, whichever is first
 * @param special its life; null for a plain one, of which trust and deadline, here the end of the calm, are all
 */
record NearEntry<V>(
        V value,
        long version,
        long trusted,
        long calmUntil,
        int partition,
        int weight,
        @Nullable NearLife special) {

    static <V> NearEntry<V> of(V value, long version, NearLife life, int partition, int weight) {
        return new NearEntry<>(
                value, version, life.trusted(), life.calmUntil(), partition, weight, life.isPlain() ? null : life);
    }

    NearLife life() {
        return (special == null) ? NearLife.of(trusted, calmUntil) : special;
    }

    long deadline() {
        return (special == null) ? calmUntil : special.deadline();
    }

    long retainedUntil() {
        return (special == null) ? calmUntil : special.retainedUntil();
    }

    long writtenAt() {
        return (special == null) ? 0 : special.writtenAt();
    }

    boolean isStale() {
        return special != null && special.stale();
    }

    /** The same with another refresh moment. */
    NearEntry<V> refreshedAt(long moment) {
        NearLife life = life().refreshedAt(moment);
        // Special even if there is nothing to refresh any more: the name of the value is in there.
        return new NearEntry<>(value, version, trusted, life.calmUntil(), partition, weight, life);
    }

    /** The same as a stale one, to be served until a time, but not beyond its retention. */
    NearEntry<V> staleUntil(long until) {
        return of(value, version, life().staleUntil(until), partition, weight);
    }

    /** Whether a hit was of this value: the very same, not an equal one. */
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(NearHit<?> hit) {
        return value == hit.value() && version == hit.version() && writtenAt() == hit.writtenAt();
    }

    NearHit<V> hit(long now, boolean refreshDue) {
        long deadline = deadline();
        return new NearHit<>(value, version, writtenAt(), deadline, isStale() || now >= deadline, refreshDue);
    }
}
