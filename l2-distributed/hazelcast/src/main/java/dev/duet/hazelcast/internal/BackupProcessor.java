package dev.duet.hazelcast.internal;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Does to a backup what was done to its partition. */
final class BackupProcessor
        implements EntryProcessor<Integer, PartitionState, byte[]>, IdentifiedDataSerializable, HazelcastInstanceAware {

    private static final long serialVersionUID = 1L;

    private transient @Nullable HazelcastInstance instance;
    private transient @Nullable Batch batch;

    /** For Hazelcast, which reads the fields then. */
    BackupProcessor() {}

    BackupProcessor(Batch batch) {
        this.batch = batch;
    }

    @Override
    public byte @Nullable [] process(Map.Entry<Integer, PartitionState> entry) {
        Batch done = Objects.requireNonNull(batch, "batch");
        PartitionState found = entry.getValue();
        PartitionState state = found == null ? copy(done) : found;
        state.follow(done);
        entry.setValue(state);
        return null;
    }

    private PartitionState copy(Batch done) {
        Clocks clocks = Clocks.of(Objects.requireNonNull(instance, "instance"));
        return new PartitionState(done.limits().partition(0), clocks, done.now());
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance member) {
        this.instance = member;
    }

    @Override
    public @Nullable EntryProcessor<Integer, PartitionState, byte[]> getBackupProcessor() {
        return null;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        Objects.requireNonNull(batch, "batch").write(out);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        batch = Batch.read(in);
    }

    @Override
    public int getFactoryId() {
        return SerializationHook.FACTORY;
    }

    @Override
    public int getClassId() {
        return SerializationHook.BACKUP;
    }
}
