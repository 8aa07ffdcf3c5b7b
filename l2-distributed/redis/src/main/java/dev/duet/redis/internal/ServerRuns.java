package dev.duet.redis.internal;

import static java.util.Objects.requireNonNull;

import dev.duet.redis.internal.Script.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * On which run of which server each partition was when it was joined last. A server's run is one life of its process, with
 * an id of its own: it is another one after a restart, and on a replica that was promoted. Immutable.
 */
final class ServerRuns {

    private final List<String> ids;
    private final List<Integer> representatives = new ArrayList<>();
    private final Map<String, Map<Script, Text>> texts = new HashMap<>();

    private ServerRuns(List<String> ids) {
        this.ids = List.copyOf(ids);
        for (int p = 0; p < ids.size(); p++) {
            String id = ids.get(p);
            if (!texts.containsKey(id)) {
                representatives.add(p);
                Map<Script, Text> ofRun = new EnumMap<>(Script.class);
                for (Script script : Script.values()) {
                    ofRun.put(script, script.textFor(id));
                }
                texts.put(id, ofRun);
            }
        }
    }

    /** What is known before any server was asked: the partitions are on a run that there is not. */
    static ServerRuns unknown(int partitions) {
        return new ServerRuns(Collections.nCopies(partitions, "none"));
    }

    /** These, or new ones if the partitions are on others now. */
    ServerRuns with(List<String> now) {
        return now.equals(ids) ? this : new ServerRuns(now);
    }

    /** One partition of each server. */
    List<Integer> representatives() {
        return Collections.unmodifiableList(representatives);
    }

    /** Whether a partition is on the run of this id. */
    boolean isOn(int partition, String id) {
        return ids.get(partition).equals(id);
    }

    /** A script for a partition, which only the run that the partition is on may know. */
    Text text(Script script, int partition) {
        return requireNonNull(requireNonNull(texts.get(ids.get(partition))).get(script));
    }
}
