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
 * @param logSize how many changes its log holds
 */
record Limits(int number, int maximumRecords, int logSize) {

    StorePartition partition(long head) {
        return new StorePartition(number, maximumRecords, logSize, head);
    }

    static Limits of(StorePartition partition) {
        return new Limits(partition.number(), partition.maximumRecords(), partition.logSize());
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(number);
        out.writeInt(maximumRecords);
        out.writeInt(logSize);
    }

    static Limits read(DataInput in) throws IOException {
        return new Limits(in.readInt(), in.readInt(), in.readInt());
    }
}
