package dev.duet.hazelcast.internal;

import dev.duet.store.StorePartition;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What a partition is created with.
 *
 * @param number which one it is
 * @param maximumRecords how many records it holds
 */
record Limits(int number, int maximumRecords) {

    private static final int LOG_SIZE = 1_024;

    StorePartition partition(long head) {
        return new StorePartition(number, maximumRecords, LOG_SIZE, head);
    }

    static Limits of(StorePartition partition) {
        return new Limits(partition.number(), partition.maximumRecords());
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(number);
        out.writeInt(maximumRecords);
    }

    static Limits read(DataInput in) throws IOException {
        return new Limits(in.readInt(), in.readInt());
    }
}
