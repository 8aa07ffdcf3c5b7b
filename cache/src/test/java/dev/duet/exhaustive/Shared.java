package dev.duet.exhaustive;

import dev.duet.store.StoredRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * What the nodes share: the database, the partition in the store, and what has gone wrong so far. Immutable.
 *
 * @param database the version of the row in the database, counted from zero
 * @param record the record of the key
 * @param head the head of the partition
 * @param floor the floor of the cache in the partition
 * @param base the floor under the floors of all caches
 * @param logStart the log holds the changes above this version
 * @param changes what each version was about, two bits each
 * @param faults how often each fault has happened, four bits each
 */
@SuppressWarnings("EnumOrdinal") // packed into the bits of numbers that live as long as one run
record Shared(
        int database, StoredRecord record, int head, int floor, int base, int logStart, long changes, int faults) {

    /** What a change was about. */
    enum About {
        NOTHING,
        KEY,
        OTHER_KEY,
        WHOLE_CACHE
    }

    /** A database with version 0 of the row, and a store which has it. */
    static Shared start() {
        return new Shared(0, Records.value(0, 1), 1, 0, 0, 1, 0, 0);
    }

    Shared committed() {
        return new Shared(database + 1, record, head, floor, base, logStart, changes, faults);
    }

    Shared with(StoredRecord newRecord) {
        return new Shared(database, newRecord, head, floor, base, logStart, changes, faults);
    }

    /** Advances the head, and logs what the change is about. */
    Shared changed(About about, int logSize) {
        int version = head + 1;
        return new Shared(
                database,
                record,
                version,
                floor,
                base,
                Math.max(logStart, version - logSize),
                changes | (long) about.ordinal() << (2 * version),
                faults);
    }

    Shared withFloor(int newFloor) {
        return new Shared(database, record, head, newFloor, base, logStart, changes, faults);
    }

    /** Starts the partition over, as {@link dev.duet.store.Namespace#startOver} says. */
    Shared startedOver(long seen, long above) {
        if (base > seen && head > above) {
            return this;
        }
        int newHead = (int) Math.max(head, above) + 1;
        return new Shared(database, record, newHead, floor, newHead, newHead, changes, faults);
    }

    /** The versions above {@code after} that the log still has. */
    List<Integer> logged(long after) {
        List<Integer> versions = new ArrayList<>();
        for (int version = (int) Math.max(after, logStart) + 1; version <= head; version++) {
            versions.add(version);
        }
        return versions;
    }

    About about(int version) {
        return About.values()[(int) (changes >>> (2 * version)) & 3];
    }

    boolean mayHappen(Fault fault, Scope scope) {
        return (faults >>> (4 * fault.ordinal()) & 15) < scope.times(fault);
    }

    Shared happened(Fault fault) {
        return new Shared(
                database, record, head, floor, base, logStart, changes, faults + (1 << (4 * fault.ordinal())));
    }
}
