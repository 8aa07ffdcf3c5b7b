package dev.duet.hazelcast.internal;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After a split: what either side cached may be older than what the other one wrote, so that it counts as absent, and the
 * numbers go on above those of both. What is pending on either side stays; of two writes of a key, the later one.
 */
public final class PartitionMergePolicy
        implements SplitBrainMergePolicy<PartitionState, MergingValue<PartitionState>, PartitionState>,
                IdentifiedDataSerializable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.duet.Hazelcast");

    /** For Hazelcast. */
    public PartitionMergePolicy() {}

    @Override
    public PartitionState merge(MergingValue<PartitionState> merging, @Nullable MergingValue<PartitionState> existing) {
        PartitionState theirs = merging.getDeserializedValue();
        PartitionState ours = existing == null ? null : existing.getDeserializedValue();
        LOG.warn(
                "The cluster was split and is one again: partition {} starts over, with what is pending of both sides",
                theirs.partition().number());
        return (ours == null ? theirs : ours).merged(theirs);
    }

    @Override
    public void writeData(ObjectDataOutput out) {
        // It has no settings.
    }

    @Override
    public void readData(ObjectDataInput in) {
        // It has no settings.
    }

    @Override
    public int getFactoryId() {
        return SerializationHook.FACTORY;
    }

    @Override
    public int getClassId() {
        return SerializationHook.MERGE_POLICY;
    }
}
