package dev.duet.store;

import dev.duet.store.StoredRecord.Pending;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stays pending when two partitions that went on apart are one again (anomaly A50): what was acknowledged on either side, and
 * is neither made nor superseded on the other one.
 *
 * <p>Implementation note. Neither side is taken for the right one, as which of them is kept is Hazelcast's to say. A write that
 * both had when they parted, and that one of them has pending no more, was made there, or replaced by a later one: whoever still
 * has it pending was stopped, or was slower. A write that came after is compared with the last of its key that the other side has
 * made, by when they were written.
 */
final class Reunion {

    private final Map<RecordKey, Pending> mine;
    private final Map<RecordKey, Pending> theirs;
    private final Settled madeHere;
    private final Settled madeThere;
    private final long common;
    private final Set<RecordKey> gone = new HashSet<>();
    private final Map<RecordKey, Pending> taken = new LinkedHashMap<>();
    private final Map<RecordKey, Pending> outnumbered = new LinkedHashMap<>();

    /**
     * Compares two sides.
     *
     * @param madeHere what this side has made of late
     * @param common the last version that both have in common; 0 if they are not related
     */
    Reunion(
            Map<RecordKey, Pending> mine,
            Map<RecordKey, Pending> theirs,
            Settled madeHere,
            Settled madeThere,
            long common) {
        this.mine = mine;
        this.theirs = theirs;
        this.madeHere = madeHere;
        this.madeThere = madeThere;
        this.common = common;
        Set<RecordKey> keys = new HashSet<>(mine.keySet());
        keys.addAll(theirs.keySet());
        keys.forEach(this::compare);
    }

    /** What is pending here, and is not to be any more. */
    Set<RecordKey> gone() {
        return gone;
    }

    /** What is to be pending here as it is on the other side. */
    Map<RecordKey, Pending> taken() {
        return taken;
    }

    /** What is to be pending here, by a higher number than any: the system of record may have an earlier one that has a higher. */
    Map<RecordKey, Pending> outnumbered() {
        return outnumbered;
    }

    private void compare(RecordKey key) {
        Pending here = mine.get(key);
        Pending there = theirs.get(key);
        if (here == null) {
            if (there != null && stays(there, madeHere.of(key))) {
                keep(key, there, false, version(madeHere.of(key)));
            }
        } else if (there == null) {
            if (stays(here, madeThere.of(key))) {
                keep(key, here, true, version(madeThere.of(key)));
            } else {
                gone.add(key);
            }
        } else if (isSame(here, there)) {
            keep(key, here, true, 0);
        } else if (isLater(there, here)) {
            keep(key, there, false, here.value().version());
        } else {
            keep(key, here, true, there.value().version());
        }
    }

    private void keep(RecordKey key, Pending write, boolean isHere, long earlier) {
        if (write.value().version() <= earlier) {
            outnumbered.put(key, write);
        } else if (!isHere) {
            taken.put(key, write);
        }
    }

    /** Whether a write stays that is pending on one side only. */
    private boolean stays(Pending write, Effect.@Nullable Settled made) {
        return write.value().version() > common
                && (made == null || made.writtenAt() < write.value().writtenAt());
    }

    private static boolean isSame(Pending write, Pending other) {
        return write.value().version() == other.value().version()
                && write.value().writtenAt() == other.value().writtenAt();
    }

    private static boolean isLater(Pending write, Pending other) {
        return write.value().writtenAt() > other.value().writtenAt();
    }

    private static long version(Effect.@Nullable Settled made) {
        return made == null ? 0 : made.version();
    }
}
