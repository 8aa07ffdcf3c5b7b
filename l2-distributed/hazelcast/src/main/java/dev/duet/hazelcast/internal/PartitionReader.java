package dev.duet.hazelcast.internal;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks many partitions at once, without changing them. One that is not there, or has come to this member and was not asked
 * since, gives no reply: a {@link PartitionProcessor} has to look at it first.
 */
final class PartitionReader
        implements EntryProcessor<Integer, PartitionState, byte[]>,
                ReadOnly,
                IdentifiedDataSerializable,
                HazelcastInstanceAware {

    private static final long serialVersionUID = 1L;

    private transient @Nullable HazelcastInstance instance;
    private transient Step step = new Step.Head();

    /** For Hazelcast, which reads the fields then. */
    PartitionReader() {}

    PartitionReader(Step step) {
        this.step = step;
    }

    @Override
    public byte @Nullable [] process(Map.Entry<Integer, PartitionState> entry) {
        HazelcastInstance member = Objects.requireNonNull(instance, "instance");
        Standstill.check(member);
        UUID here = member.getCluster().getLocalMember().getUuid();
        PartitionState state = entry.getValue();
        if (state == null || state.isNewTo(here)) {
            return null;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            step.run(
                    state.partition(),
                    "",
                    state.now(),
                    effect -> {
                        throw new IllegalStateException("a step that changes something is not for a reader: " + step);
                    },
                    out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public @Nullable EntryProcessor<Integer, PartitionState, byte[]> getBackupProcessor() {
        return null;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance member) {
        this.instance = member;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        step.write(out);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        step = Step.read(in);
    }

    @Override
    public int getFactoryId() {
        return SerializationHook.FACTORY;
    }

    @Override
    public int getClassId() {
        return SerializationHook.READER;
    }
}
