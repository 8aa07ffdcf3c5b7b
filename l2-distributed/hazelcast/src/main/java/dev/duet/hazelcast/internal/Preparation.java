package dev.duet.hazelcast.internal;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperties;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Runs on a member: has the cluster configure the map of a namespace unless it is configured there, and replies how it is, for
 * {@link MapSettings}.
 */
public final class Preparation implements Callable<String>, IdentifiedDataSerializable, HazelcastInstanceAware {

    private transient @Nullable HazelcastInstance instance;
    private String map = "";

    /** For Hazelcast, which reads the fields then. */
    Preparation() {}

    Preparation(String map) {
        this.map = map;
    }

    /** How a map is to be configured, if the application does not say. */
    public static MapConfig mapConfig(String name) {
        return new MapConfig(name)
                .setInMemoryFormat(InMemoryFormat.OBJECT)
                .setBackupCount(1)
                .setAsyncBackupCount(0)
                .setReadBackupData(false)
                .setStatisticsEnabled(false)
                .setMergePolicyConfig(new MergePolicyConfig().setPolicy(PartitionMergePolicy.class.getName()));
    }

    /** Configures a map, or maps of a pattern, and that of the descriptions, unless the application has. */
    static void complete(Config config, String name) {
        if (!isConfigured(config, name)) {
            config.addMapConfig(mapConfig(name));
        }
        if (!isConfigured(config, Names.DESCRIPTIONS)) {
            // One short text for each namespace, without which partitions that are lost would look as if they were new.
            config.addMapConfig(new MapConfig(Names.DESCRIPTIONS).setBackupCount(MapConfig.MAX_BACKUP_COUNT));
        }
    }

    private static boolean isConfigured(Config config, String map) {
        return config.getMapConfigs().keySet().stream()
                .anyMatch(name -> name.equals(map)
                        || (!name.equals("default")
                                && config.getConfigPatternMatcher().matches(List.of(name), map) != null));
    }

    @Override
    public String call() {
        Config config = Objects.requireNonNull(instance, "instance").getConfig();
        complete(config, map);
        MapConfig effective = config.findMapConfig(map);
        return MapSettings.text(
                effective, new HazelcastProperties(config).getInteger(ClusterProperty.OPERATION_BACKUP_TIMEOUT_MILLIS));
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance member) {
        this.instance = member;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        Wire.writeText(out, map);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        map = Wire.readText(in);
    }

    @Override
    public int getFactoryId() {
        return SerializationHook.FACTORY;
    }

    @Override
    public int getClassId() {
        return SerializationHook.PREPARATION;
    }
}
