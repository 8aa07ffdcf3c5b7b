package dev.duet.redis.internal;

import dev.duet.store.NamespaceConfig;
import dev.duet.store.RecordKey;
import java.util.List;

/**
 * The names of a namespace's keys in Redis. All that belongs to a partition has the partition as its hash tag, so that
 * one script can touch it on a cluster too. Immutable.
 *
 * <p>In the namespace {@code duet}: the record of user 456 is {@code duet:{61}:users:456}; beside it stand
 * {@code duet:{61}:head}, {@code duet:{61}:floors} and {@code duet:{61}:log}; changes are published on
 * {@code duet:changes}, in database 1 on {@code duet:changes/1}, and {@code duet:namespace} describes the namespace. Of a cache with pending writes there are the queues
 * {@code duet:{61}:pending/users} and {@code duet:{61}:failed/users}, and the lease {@code duet:{61}:flusher/users}: no record
 * has such a name, as no cache has.
 */
final class Keys {

    private final String name;
    private final String channel;
    private final List<Object>[] partitions;

    /**
     * The names of a namespace's keys in a database of its server.
     *
     * @param database its number; a server has one set of channels for all databases
     */
    Keys(NamespaceConfig config, int database) {
        this.name = config.name();
        this.channel = name + ":changes" + (database == 0 ? "" : "/" + database);
        @SuppressWarnings({"unchecked", "rawtypes"}) // an array of lists cannot be made otherwise
        List<Object>[] all = new List[config.partitions()];
        for (int p = 0; p < all.length; p++) {
            all[p] = List.of(prefix(p) + "head", prefix(p) + "floors", prefix(p) + "log");
        }
        this.partitions = all;
    }

    /** The hash that describes the namespace. */
    String namespace() {
        return name + ":namespace";
    }

    /** The channel on which its changes are published. No other namespace and no other database publishes there (A54). */
    String channel() {
        return channel;
    }

    /** The counter that is a partition's head. */
    String head(int partition) {
        return (String) partitions[partition].get(0);
    }

    /** The stream that is a partition's log. */
    String log(int partition) {
        return (String) partitions[partition].get(2);
    }

    /** The keys of a script on a record: head, floors, record, log. */
    List<Object> of(RecordKey key) {
        List<Object> partition = partitions[key.partition()];
        return List.of(partition.get(0), partition.get(1), record(key), partition.get(2));
    }

    /** The keys of a script on a pending write: as above, then the queues of those that are to be made and that are parked. */
    List<Object> ofPending(RecordKey key) {
        return pending(key.partition(), record(key), key.cache());
    }

    /** The keys of a script on all that is pending of a cache in a partition; the flusher's lease stands for a record. */
    List<Object> ofPending(int partition, String cache) {
        return pending(partition, prefix(partition) + "flusher/" + cache, cache);
    }

    private List<Object> pending(int p, String record, String cache) {
        List<Object> partition = partitions[p];
        String prefix = prefix(p);
        return List.of(
                partition.get(0),
                partition.get(1),
                record,
                partition.get(2),
                prefix + "pending/" + cache,
                prefix + "failed/" + cache);
    }

    /** What the names of a cache's records in a partition begin with. */
    String records(int partition, String cache) {
        return prefix(partition) + cache + ':';
    }

    private String record(RecordKey key) {
        return records(key.partition(), key.cache()) + key.key();
    }

    /** The keys of a script on a partition, in the places that {@link #of} gives them; the head stands for a record. */
    List<Object> of(int partition) {
        List<Object> keys = partitions[partition];
        return List.of(keys.get(0), keys.get(1), keys.get(0), keys.get(2));
    }

    private String prefix(int partition) {
        return name + ":{" + partition + "}:";
    }
}
