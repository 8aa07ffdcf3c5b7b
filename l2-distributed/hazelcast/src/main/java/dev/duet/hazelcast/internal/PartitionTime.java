package dev.duet.hazelcast.internal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.UUID;

/**
 * The time of a partition, in microseconds: steady, and never before that of a step that was taken. It moves with the
 * partition, and is held up for as long as the move takes; a wall clock has no part in it once it has begun (anomaly A43).
 *
 * <p>Not thread-safe.
 */
final class PartitionTime {

    private Clocks clocks;
    /** The time when the steady clock was at {@code nanos}. */
    private long time;

    private long nanos;
    private long last;
    /** Whose steady clock {@code nanos} is of. */
    private UUID source;

    /** A time that is {@code time} now. */
    PartitionTime(Clocks clocks, long time) {
        this.clocks = clocks;
        this.source = clocks.source();
        this.time = time;
        this.nanos = clocks.nanos().getAsLong();
    }

    Clocks clocks() {
        return clocks;
    }

    /** The time of the next step: another one than that of any step before. */
    long next() {
        return Math.max(at(clocks.nanos().getAsLong()), last + 1);
    }

    private long at(long steady) {
        return time + (steady - nanos) / 1_000;
    }

    /** Notes that a step was taken, here or on another member, so that it is at least as late as that. */
    void taken(long step) {
        last = Math.max(last, step);
        long steady = clocks.nanos().getAsLong();
        if (step > at(steady)) {
            time = step;
            nanos = steady;
        }
    }

    /** Goes on by other clocks, those of the member that has the partition now. */
    void goOn(Clocks others) {
        if (!others.source().equals(source)) { // else it knows how long that took
            source = others.source();
            nanos = others.nanos().getAsLong();
        }
        clocks = others;
    }

    void write(DataOutput out) throws IOException {
        long steady = clocks.nanos().getAsLong();
        out.writeLong(source.getMostSignificantBits());
        out.writeLong(source.getLeastSignificantBits());
        out.writeLong(steady);
        out.writeLong(at(steady));
        out.writeLong(last);
    }

    /** Reads one that waits for {@link #goOn}. */
    static PartitionTime read(DataInput in) throws IOException {
        UUID source = new UUID(in.readLong(), in.readLong());
        long steady = in.readLong();
        PartitionTime read = new PartitionTime(new Clocks(source, () -> 0, () -> steady), in.readLong());
        read.last = in.readLong();
        return read;
    }
}
