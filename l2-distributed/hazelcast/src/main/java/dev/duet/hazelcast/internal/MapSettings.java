package dev.duet.hazelcast.internal;

import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import dev.duet.store.Namespace.Durability;
import dev.duet.store.StoreConfigurationException;
import java.util.List;

/**
 * How the members have the map of a namespace.
 *
 * @param backups how many copies of a partition there are before a step is acknowledged, besides the partition
 * @param format how it is kept
 * @param eviction whether and how it is evicted
 * @param life after how many seconds entries end, or are idle too long; 0 for never
 * @param mergePolicy who merges it after a split
 * @param backupTimeout after how many milliseconds a step counts as taken though its backups have not answered
 * @param isProtected whether the smaller side of a split refuses steps
 */
record MapSettings(
        int backups,
        String format,
        String eviction,
        int life,
        String mergePolicy,
        int backupTimeout,
        boolean isProtected) {

    /**
     * How long a step may take, in milliseconds: less than Hazelcast waits for backups, so that one that they have not answered
     * fails.
     */
    static final long LONGEST_STEP = 4_000;

    static String text(MapConfig config, int backupTimeout) {
        return String.join(
                "|",
                Integer.toString(config.getBackupCount()),
                config.getInMemoryFormat().name(),
                config.getEvictionConfig().getEvictionPolicy().name(),
                Integer.toString(Math.max(config.getTimeToLiveSeconds(), config.getMaxIdleSeconds())),
                config.getMergePolicyConfig().getPolicy(),
                Integer.toString(backupTimeout),
                Boolean.toString(config.getSplitBrainProtectionName() != null));
    }

    static MapSettings parse(String text) {
        String[] parts = text.split("\\|", -1);
        return new MapSettings(
                Integer.parseInt(parts[0]),
                parts[1],
                parts[2],
                Integer.parseInt(parts[3]),
                parts[4],
                Integer.parseInt(parts[5]),
                parts.length > 6 && Boolean.parseBoolean(parts[6]));
    }

    /** Refuses what would lose or slow everything. */
    void check(String map, String address) {
        if (!format.equals(InMemoryFormat.OBJECT.name())) {
            throw refusal(
                    map, address, "in-memory-format " + format, "OBJECT, or every step would copy a whole partition");
        }
        if (!eviction.equals(EvictionPolicy.NONE.name())) {
            throw refusal(map, address, "eviction-policy " + eviction, "NONE; maximumRecords() bounds what is stored");
        }
        if (life != 0) {
            throw refusal(
                    map,
                    address,
                    "time-to-live-seconds or max-idle-seconds " + life,
                    "0; the lives of values are those of the caches");
        }
        if (!mergePolicy.equals(PartitionMergePolicy.class.getName())) {
            throw refusal(map, address, "merge-policy " + mergePolicy, PartitionMergePolicy.class.getName());
        }
    }

    private static StoreConfigurationException refusal(String map, String address, String found, String remedy) {
        return new StoreConfigurationException(
                "map '" + map + "' of " + address + " is configured with " + found + ", and needs " + remedy, null);
    }

    static Durability durability(List<MapSettings> all, int members) {
        if (all.stream().anyMatch(settings -> settings.backups == 0)) {
            return new Durability(
                    "Hazelcast keeps no backup of what is pending, which is lost with any member; configure a backup-count of "
                            + "at least 1",
                    null);
        }
        if (members < 2) {
            return new Durability(
                    null,
                    "the cluster has one member, with which pending writes end; start a second one for them to have a backup");
        }
        if (all.stream().anyMatch(settings -> settings.backupTimeout <= LONGEST_STEP)) {
            return new Durability(
                    null,
                    "a write may be acknowledged though its backup does not answer; set the property "
                            + "hazelcast.operation.backup.timeout.millis=5000 or more on the members for it to fail");
        }
        return new Durability(
                null,
                all.stream().allMatch(MapSettings::isProtected)
                        ? null
                        : "in a split of the cluster both sides write behind, and one may write an older value over a newer one "
                                + "of the other; have the system of record compare versions, or configure split-brain "
                                + "protection for the map");
    }
}
