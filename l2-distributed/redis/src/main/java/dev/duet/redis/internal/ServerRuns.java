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

    private final List<Run> runs;
    private final List<Integer> representatives = new ArrayList<>();
    /** By partition; those of one run have one map. */
    private final List<Map<Script, Text>> texts = new ArrayList<>();

    private ServerRuns(List<Run> runs) {
        this.runs = List.copyOf(runs);
        Map<Run, Map<Script, Text>> byRun = new HashMap<>();
        for (int p = 0; p < runs.size(); p++) {
            Run run = runs.get(p);
            Map<Script, Text> ofRun = byRun.get(run);
            if (ofRun == null) {
                representatives.add(p);
                ofRun = new EnumMap<>(Script.class);
                for (Script script : Script.values()) {
                    ofRun.put(script, script.textFor(run));
                }
                byRun.put(run, ofRun);
            }
            texts.add(ofRun);
        }
    }

    /**
     * A run of a server.
     *
     * @param id its id
     * @param version the server's major version, as it says it
     */
    record Run(String id, String version) {

        /** Whether replicas of such a server get its scripts along with its data: those of Redis before 7 do. */
        boolean handsScriptsOn() {
            return version.length() == 1 && version.charAt(0) < '7';
        }
    }

    /**
     * A run that was joined.
     *
     * @param run the run
     * @param clock what the server's clock said, in microseconds
     */
    record Joined(Run run, long clock) {}

    /** What is known before any server was asked: the partitions are on a run that there is not. */
    static ServerRuns unknown(int partitions) {
        return new ServerRuns(Collections.nCopies(partitions, new Run("none", "")));
    }

    /** These, or new ones if the partitions are on others now. */
    ServerRuns with(List<Run> now) {
        return now.equals(runs) ? this : new ServerRuns(now);
    }

    /** One partition of each server. */
    List<Integer> representatives() {
        return Collections.unmodifiableList(representatives);
    }

    /** The run that a partition is on. */
    Run of(int partition) {
        return runs.get(partition);
    }

    /** The partitions that are on a run. */
    List<Integer> on(Run run) {
        List<Integer> partitions = new ArrayList<>();
        for (int p = 0; p < runs.size(); p++) {
            if (runs.get(p).equals(run)) {
                partitions.add(p);
            }
        }
        return partitions;
    }

    /** The ids of all runs. */
    List<String> ids() {
        return representatives.stream().map(p -> runs.get(p).id()).toList();
    }

    /** Whether a partition is on the run of this id. */
    boolean isOn(int partition, String id) {
        return runs.get(partition).id().equals(id);
    }

    /** A script for a partition, which only the run that the partition is on may know. */
    Text text(Script script, int partition) {
        return requireNonNull(texts.get(partition).get(script));
    }
}
