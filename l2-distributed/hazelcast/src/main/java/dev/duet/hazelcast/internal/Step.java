package dev.duet.hazelcast.internal;

import dev.duet.store.Effect;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.RecordKey;
import dev.duet.store.StorePartition;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a node has done in a partition, in one atomic step. It travels to the partition, and its reply back, as bytes. */
sealed interface Step {

    /** Does it, and writes the reply. */
    void run(StorePartition partition, String origin, long now, Consumer<Effect> effects, DataOutput reply)
            throws IOException;

    void write(DataOutput out) throws IOException;

    static Step read(DataInput in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case 1 -> new Execute(Wire.readAll(in, Call::read));
            case 2 -> new InvalidateAll(Wire.readText(in));
            case 3 -> new StartOver(in.readLong(), in.readLong());
            case 4 -> new ChangesAfter(in.readLong());
            case 5 ->
                new ClaimPending(
                        Wire.readText(in),
                        Wire.readText(in),
                        in.readLong(),
                        in.readInt(),
                        Wire.readNullable(in, Wire::readText));
            case 6 -> new Head();
            case 7 -> new Parked(Wire.readText(in), in.readInt());
            case 8 -> Ask.of(in);
            default ->
                throw new IOException(
                        "unknown step " + kind
                                + "; the members and clients of a cluster must have versions of duet-hazelcast that understand each other");
        };
    }

    /** An operation and its record. */
    record Call<R>(RecordKey key, Operation<R> operation) {
        R run(StorePartition partition, String origin, long now, Consumer<Effect> effects) {
            return partition.execute(key, operation, origin, now, effects);
        }

        void write(DataOutput out) throws IOException {
            Wire.writeKey(out, key);
            Wire.writeOperation(out, operation);
        }

        static Call<?> read(DataInput in) throws IOException {
            return new Call<>(Wire.readKey(in), Wire.readOperation(in));
        }
    }

    /** Replies to each operation, one after the other. */
    record Execute(List<Call<?>> calls) implements Step {

        /** How many operations one step takes at most, so that others get their turn in between. */
        static final int MOST = 100;

        @Override
        public void run(StorePartition partition, String origin, long now, Consumer<Effect> effects, DataOutput reply)
                throws IOException {
            for (Call<?> call : calls) {
                Wire.writeReply(reply, call.run(partition, origin, now, effects));
            }
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeByte(1);
            Wire.writeAll(out, calls, (to, call) -> call.write(to));
        }
    }

    /** Replies the floor. */
    record InvalidateAll(String cache) implements Step {
        @Override
        public void run(StorePartition partition, String origin, long now, Consumer<Effect> effects, DataOutput reply)
                throws IOException {
            reply.writeLong(partition.invalidateAll(cache, origin, effects));
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeByte(2);
            Wire.writeText(out, cache);
        }
    }

    /** Replies the head. */
    record StartOver(long seen, long above) implements Step {
        @Override
        public void run(StorePartition partition, String origin, long now, Consumer<Effect> effects, DataOutput reply)
                throws IOException {
            reply.writeLong(partition.startOver(seen, above, now, effects));
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeByte(3);
            out.writeLong(seen);
            out.writeLong(above);
        }
    }

    /** Replies the changes. */
    record ChangesAfter(long version) implements Step {
        @Override
        public void run(StorePartition partition, String origin, long now, Consumer<Effect> effects, DataOutput reply)
                throws IOException {
            Wire.writeAll(reply, partition.changesAfter(version), Wire::writeChange);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeByte(4);
            out.writeLong(version);
        }
    }

    /** Replies the claim. */
    record ClaimPending(
            String cache,
            String flusher,
            long term,
            int most,
            @Nullable String over) implements Step {
        @Override
        public void run(StorePartition partition, String origin, long now, Consumer<Effect> effects, DataOutput reply)
                throws IOException {
            Claim claim = partition.claim(cache, flusher, term, most, over, now, effects);
            reply.writeBoolean(claim.granted());
            reply.writeLong(claim.pending());
            reply.writeLong(claim.parked());
            reply.writeLong(claim.lost());
            Wire.writeAll(reply, claim.due(), Wire::writePendingWrite);
            Wire.writeNullable(reply, claim.holder(), Wire::writeHolder);
        }

        static Claim reply(DataInput in) throws IOException {
            return new Claim(
                    in.readBoolean(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    Wire.readAll(in, Wire::readPendingWrite),
                    Wire.readNullable(in, Wire::readHolder));
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeByte(5);
            Wire.writeText(out, cache);
            Wire.writeText(out, flusher);
            out.writeLong(term);
            out.writeInt(most);
            Wire.writeNullable(out, over, Wire::writeText);
        }
    }

    /** Replies the head, and the time. Changes nothing, so that a {@link PartitionReader} can ask. */
    record Head() implements Step {
        @Override
        public void run(StorePartition partition, String origin, long now, Consumer<Effect> effects, DataOutput reply)
                throws IOException {
            new HeadReply(partition.head(), now).write(reply);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeByte(6);
        }
    }

    /** Replies the writes that are parked. Changes nothing, so that a {@link PartitionReader} can ask. */
    record Parked(String cache, int most) implements Step {
        @Override
        public void run(StorePartition partition, String origin, long now, Consumer<Effect> effects, DataOutput reply)
                throws IOException {
            Wire.writeAll(reply, partition.parked(cache, most), Wire::writePendingWrite);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeByte(7);
            Wire.writeText(out, cache);
            out.writeInt(most);
        }
    }

    /**
     * Replies to each operation that has nothing to change now; the others are for {@link Execute}. Changes nothing, so that a
     * {@link PartitionReader} can ask, and is for many partitions at once, of which each has operations of its own.
     */
    record Ask(Map<Integer, List<Call<?>>> calls) implements Step {
        @Override
        public void run(StorePartition partition, String origin, long now, Consumer<Effect> effects, DataOutput reply)
                throws IOException {
            for (Call<?> call : calls.getOrDefault(partition.number(), List.of())) {
                Object known = partition.ask(call.key(), call.operation(), now).orElse(null);
                Wire.writeNullable(reply, known, Wire::writeReply);
            }
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeByte(8);
            Wire.writeAll(out, List.copyOf(calls.entrySet()), (to, ofPartition) -> {
                to.writeInt(ofPartition.getKey());
                Wire.writeAll(to, ofPartition.getValue(), (each, call) -> call.write(each));
            });
        }

        static Ask of(DataInput in) throws IOException {
            Map<Integer, List<Call<?>>> calls = new HashMap<>();
            for (int partitions = in.readInt(); partitions > 0; partitions--) {
                calls.put(in.readInt(), Wire.readAll(in, Call::read));
            }
            return new Ask(calls);
        }
    }
}
