package dev.duet.hazelcast.internal;

import dev.duet.store.Effect;
import dev.duet.store.Payload;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/**
 * What a step did in a partition, for its backups.
 *
 * @param before the mark of the state that it was done to; 0 if there was none
 * @param after the mark of the state that came of it
 * @param limits the partition's settings
 * @param owner the member that did it
 * @param now when
 * @param request the request that asked for it
 * @param reply the reply to it; empty if it is too long to be kept
 * @param effects what was done
 */
record Batch(
        long before,
        long after,
        Limits limits,
        UUID owner,
        long now,
        long request,
        Payload reply,
        List<Effect> effects) {

    void write(DataOutput out) throws IOException {
        out.writeLong(before);
        out.writeLong(after);
        limits.write(out);
        out.writeLong(owner.getMostSignificantBits());
        out.writeLong(owner.getLeastSignificantBits());
        out.writeLong(now);
        out.writeLong(request);
        Wire.writeBytes(out, reply.bytes());
        Wire.writeAll(out, effects, Wire::writeEffect);
    }

    static Batch read(DataInput in) throws IOException {
        return new Batch(
                in.readLong(),
                in.readLong(),
                Limits.read(in),
                new UUID(in.readLong(), in.readLong()),
                in.readLong(),
                in.readLong(),
                Payload.of(Wire.readBytes(in)),
                Wire.readAll(in, Wire::readEffect));
    }
}
