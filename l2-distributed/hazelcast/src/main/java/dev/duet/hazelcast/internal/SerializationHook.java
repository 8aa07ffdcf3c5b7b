package dev.duet.hazelcast.internal;

import com.hazelcast.internal.serialization.DataSerializerHook;
import com.hazelcast.nio.serialization.DataSerializableFactory;

/**
 * Makes the classes that travel known to Hazelcast, on members and clients that have this module on their class path. The
 * numbers are stable: a cluster may run two versions of this for a while.
 */
public final class SerializationHook implements DataSerializerHook {

    static final int FACTORY = 53_479;
    static final int PROCESSOR = 1;
    static final int READER = 2;
    static final int BACKUP = 3;
    static final int STATE = 4;
    static final int MERGE_POLICY = 5;
    static final int PREPARATION = 6;

    /** For Hazelcast. */
    public SerializationHook() {}

    @Override
    public int getFactoryId() {
        return FACTORY;
    }

    @Override
    public DataSerializableFactory createFactory() {
        return type -> switch (type) {
            case PROCESSOR -> new PartitionProcessor();
            case READER -> new PartitionReader();
            case BACKUP -> new BackupProcessor();
            case STATE -> new PartitionState();
            case MERGE_POLICY -> new PartitionMergePolicy();
            case PREPARATION -> new Preparation();
            default ->
                throw new IllegalArgumentException("unknown type " + type
                        + "; the members and clients of a cluster must have the same version of duet-hazelcast");
        };
    }
}
