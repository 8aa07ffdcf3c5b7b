package dev.duet.hazelcast.internal;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import dev.duet.store.Effect;
import dev.duet.store.Payload;
import dev.duet.store.StorePartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A partition as a member holds it: the value of one entry of a map, so that a step in it is one entry processor, on the one
 * thread that Hazelcast lets there, with its backups. It is kept as an object, never as bytes, and serialized only when it
 * moves to another member.
 *
 * <p>Each state has a mark, which is drawn anew with each step. A backup that gets a step to do which was done to another
 * state than its own has missed one, and is <em>damaged</em>: it does what it can, and starts over should it ever be the one
 * that is asked, as something acknowledged may be missing in it.
 *
 * <p>Not thread-safe.
 */
final class PartitionState implements IdentifiedDataSerializable, HazelcastInstanceAware {

    /** How many replies are kept, for requests that Hazelcast sends again when a member dies under them. */
    private static final int REPLIES = 64;

    /** In bytes: as long as those of {@link Step.Execute#MOST} writes. What is longer replies values, and is idempotent by its token. */
    private static final int LONGEST_REPLY = 2_048;

    private final Map<Long, byte[]> replies = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
            return size() > REPLIES;
        }
    };
    private final SplittableRandom marks = new SplittableRandom();
    private @Nullable StorePartition partition;
    private @Nullable UUID owner;
    private PartitionTime time = new PartitionTime(Clocks.OF_JVM, 0);
    private long mark;
    private boolean damaged;

    /** For Hazelcast, which reads the state then. */
    PartitionState() {}

    /** One that holds {@code partition}, whose time is {@code now}. */
    PartitionState(StorePartition partition, Clocks clocks, long now) {
        this.partition = partition;
        this.time = new PartitionTime(clocks, now);
    }

    StorePartition partition() {
        return Objects.requireNonNull(partition, "a state that was not read");
    }

    /** Whether a member has to look at it first: changes may have been numbered, and told of, that this does not have. */
    boolean isNewTo(UUID member) {
        return !member.equals(owner) || damaged;
    }

    boolean isDamaged() {
        return damaged;
    }

    /** The time, for the next step. */
    long now() {
        return time.next();
    }

    byte @Nullable [] replyTo(long request) {
        return replies.get(request);
    }

    /** Notes what was done, as done to this state; it is to be done to the backups. */
    Batch done(UUID member, long at, long request, byte[] reply, List<Effect> effects) {
        long before = mark;
        do {
            mark = marks.nextLong();
        } while (mark == 0);
        Payload kept = Payload.of(reply.length <= LONGEST_REPLY ? reply : new byte[0]);
        Batch batch = new Batch(before, mark, Limits.of(partition()), member, at, request, kept, List.copyOf(effects));
        note(batch);
        damaged = false;
        return batch;
    }

    /** Does what was done to the state that this is a backup of. */
    void follow(Batch batch) {
        if (batch.after() == mark) {
            return; // it came with the state already
        }
        damaged |= batch.before() != mark;
        batch.effects().forEach(partition()::apply);
        mark = batch.after();
        note(batch);
    }

    private void note(Batch batch) {
        owner = batch.owner();
        time.taken(batch.now());
        if (batch.reply().size() > 0) {
            replies.put(batch.request(), batch.reply().bytes());
        }
    }

    /** What comes of this and of another that went on apart from it: nothing but what is to be written yet, numbered above both. */
    PartitionState merged(PartitionState other) {
        long at = Math.max(now(), other.now());
        StorePartition both = Limits.of(partition()).partition(0);
        both.restore(partition().image());
        Consumer<Effect> nobody = effect -> {};
        both.absorb(other.partition(), !damaged && !other.damaged, at, nobody);
        PartitionState merged = new PartitionState(both, time.clocks(), at);
        merged.mark = marks.nextLong() | 1;
        return merged;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        Limits.of(partition()).write(out);
        Wire.writeAll(out, partition().image(), Wire::writeEffect);
        Wire.writeNullable(out, owner, (to, member) -> {
            to.writeLong(member.getMostSignificantBits());
            to.writeLong(member.getLeastSignificantBits());
        });
        out.writeLong(mark);
        time.write(out);
        out.writeBoolean(damaged);
        Wire.writeAll(out, new ArrayList<>(replies.entrySet()), (to, reply) -> {
            to.writeLong(reply.getKey());
            Wire.writeBytes(to, reply.getValue());
        });
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        StorePartition read = Limits.read(in).partition(0);
        read.restore(Wire.readAll(in, Wire::readEffect));
        partition = read;
        owner = Wire.readNullable(in, from -> new UUID(from.readLong(), from.readLong()));
        mark = in.readLong();
        time = PartitionTime.read(in);
        time.goOn(Clocks.OF_JVM);
        damaged = in.readBoolean();
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            replies.put(in.readLong(), Wire.readBytes(in));
        }
    }

    /** Comes to a member. */
    @Override
    public void setHazelcastInstance(HazelcastInstance member) {
        time.goOn(Clocks.of(member));
    }

    @Override
    public int getFactoryId() {
        return SerializationHook.FACTORY;
    }

    @Override
    public int getClassId() {
        return SerializationHook.STATE;
    }
}
