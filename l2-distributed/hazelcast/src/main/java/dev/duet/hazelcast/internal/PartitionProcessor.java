package dev.duet.hazelcast.internal;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import dev.duet.store.Effect;
import dev.duet.store.StorePartition;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a step in a partition, on the member that has it: changes the state, broadcasts what has changed, and has the backups
 * do the same before it is acknowledged.
 *
 * <p>The broadcast goes out before the backups have answered, and a member that dies in between takes changes with it that
 * followers have heard of. So whoever has the partition next goes on with other numbers, and they find a gap.
 */
final class PartitionProcessor
        implements EntryProcessor<Integer, PartitionState, byte[]>, IdentifiedDataSerializable, HazelcastInstanceAware {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger("dev.duet.Hazelcast");

    private static final long LOST_LEAP = 1L << 32;

    private static final long MOST_AHEAD = 1_000_000;

    private transient @Nullable HazelcastInstance instance;
    private transient @Nullable Batch batch;
    private transient String namespace = "";
    private transient String origin = "";
    private transient Limits limits = new Limits(0, 1);
    private transient long request;
    private transient boolean founding;
    private transient HeadReply known = SeenHeads.NOTHING;
    private transient Step step = new Step.Head();

    /** For Hazelcast, which reads the fields then. */
    PartitionProcessor() {}

    /**
     * A step to be taken.
     *
     * @param request its number, unlike all others
     * @param founding whether the partition may be one that was never there; else it was lost, if it is not there
     * @param known what is known of its head and time, for one that was lost to go on above
     */
    PartitionProcessor(
            String namespace,
            String origin,
            Limits limits,
            long request,
            boolean founding,
            HeadReply known,
            Step step) {
        this.namespace = namespace;
        this.origin = origin;
        this.limits = limits;
        this.request = request;
        this.founding = founding;
        this.known = known;
        this.step = step;
    }

    @Override
    public byte[] process(Map.Entry<Integer, PartitionState> entry) {
        batch = null; // Hazelcast may take the step again with this same processor
        HazelcastInstance member = Objects.requireNonNull(instance, "instance");
        Standstill.check(member);
        UUID here = member.getCluster().getLocalMember().getUuid();
        List<Effect> effects = new ArrayList<>();
        PartitionState found = entry.getValue();
        PartitionState state = found == null ? created(Clocks.of(member)) : found;
        StorePartition partition = state.partition();
        long now = state.now();
        if (found == null) {
            effects.addAll(partition.image());
            if (!founding) {
                LOG.warn(
                        "Partition {} of namespace '{}' was lost with the members that had it; it starts over, without what was "
                                + "stored and pending there. Configure more backups if that is not to happen",
                        limits.number(),
                        namespace);
            }
        } else if (state.isDamaged()) {
            LOG.warn(
                    "This member's backup of partition {} of namespace '{}' missed changes, and has become the partition; it "
                            + "starts over, with what is pending there as far as it knows",
                    limits.number(),
                    namespace);
            partition.recover(now, effects::add);
        } else if (state.isNewTo(here)) {
            partition.leap(now, effects::add);
        }
        byte[] known = state.replyTo(request);
        byte[] reply = known != null ? known : new byte[0];
        try {
            if (known == null) {
                reply = reply(partition, now, effects);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (!effects.isEmpty()) {
                batch = state.done(here, now, request, reply, effects);
                entry.setValue(state);
            }
        }
        broadcast(member, effects);
        return reply;
    }

    /**
     * One that was lost may have been numbered ahead of the clock, by as many leaps as it had owners; and the clock may have been
     * put back, or be that of another member.
     */
    private PartitionState created(Clocks clocks) {
        long clock = Math.max(clocks.wall().getAsLong(), known.now());
        long head = founding ? clock : Math.max(clock, known.head()) + LOST_LEAP;
        head += ThreadLocalRandom.current().nextLong(MOST_AHEAD); // of two that are made apart, no two begin alike
        return new PartitionState(limits.partition(head), clocks, clock);
    }

    private byte[] reply(StorePartition partition, long now, List<Effect> effects) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            step.run(partition, origin, now, effects::add, out);
        }
        return bytes.toByteArray();
    }

    private void broadcast(HazelcastInstance member, List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Changed || effect instanceof Effect.Hinted) {
                try {
                    member.<byte[]>getTopic(Names.of(namespace)).publish(Message.of(effect));
                } catch (RuntimeException e) {
                    // Followers find the gap, and what is logged.
                    LOG.warn(
                            "A change of partition {} of namespace '{}' could not be broadcast",
                            limits.number(),
                            namespace,
                            e);
                }
            }
        }
    }

    @Override
    public @Nullable EntryProcessor<Integer, PartitionState, byte[]> getBackupProcessor() {
        return batch == null ? null : new BackupProcessor(batch);
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance member) {
        this.instance = member;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        Wire.writeText(out, namespace);
        Wire.writeText(out, origin);
        limits.write(out);
        out.writeLong(request);
        out.writeBoolean(founding);
        known.write(out);
        step.write(out);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        namespace = Wire.readText(in);
        origin = Wire.readText(in);
        limits = Limits.read(in);
        request = in.readLong();
        founding = in.readBoolean();
        known = HeadReply.read(in);
        step = Step.read(in);
    }

    @Override
    public int getFactoryId() {
        return SerializationHook.FACTORY;
    }

    @Override
    public int getClassId() {
        return SerializationHook.PROCESSOR;
    }
}
