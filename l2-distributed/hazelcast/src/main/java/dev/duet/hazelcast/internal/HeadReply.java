package dev.duet.hazelcast.internal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The reply to {@link Step.Head}.
 *
 * @param head the head of the partition
 * @param now the time of the partition, in microseconds
 */
record HeadReply(long head, long now) {

    void write(DataOutput out) throws IOException {
        out.writeLong(head);
        out.writeLong(now);
    }

    static HeadReply read(DataInput in) throws IOException {
        return new HeadReply(in.readLong(), in.readLong());
    }
}
