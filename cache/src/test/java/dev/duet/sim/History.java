package dev.duet.sim;

import dev.duet.store.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was written and read, and whether the promises were kept.
 *
 * <p>P1 is checked by this rule. A version is <em>superseded</em> when the store has taken any write of a later version of
 * the key: when, after the commit, it carried out a completion, an invalidation or a put of the key by whomever, or lost
 * all of its data, which hides what there was. If the store held the writer's intent at the commit, then at the latest when
 * that intent ended: it ran out after the last renewal that arrived, or was evicted. So what a node writes that cannot reach
 * the store counts from when it can, and what was committed without an intent by a node that died counts never, until the
 * application invalidates it. A read that began at T violates P1 if what it returned had been superseded before T − B − the
 * granularity of the node's clock.
 *
 * <p>P2: a read returns at least the newest version whose writing operation had ended on that node when the read began,
 * whether it ended well or not. And a write that ended on a node that owes the store nothing must have been taken by it.
 */
final class History {

    private final World world;
    private final Tally tally;
    private final Consumer<String> onViolation;
    private final List<List<Write>> writes = new ArrayList<>();
    /** By key and token, until when the store holds an intent. */
    private final List<Map<String, Long>> intents = new ArrayList<>();

    private final int[] drops;

    History(World world, int keys, Tally tally, Consumer<String> onViolation) {
        this.world = world;
        this.tally = tally;
        this.onViolation = onViolation;
        this.drops = new int[keys];
        for (int key = 0; key < keys; key++) {
            writes.add(new ArrayList<>());
            intents.add(new HashMap<>());
        }
    }

    /** A version that was committed. */
    static final class Write {
        final int key;
        final long version;
        final SimulatedNode node;
        final @Nullable String token;
        /** Whether the store held its intent when it was committed, and until when it does. */
        boolean announced;

        long intentUntil;
        /** When the store had taken it, by what it carried out. */
        long coveredAt = Long.MAX_VALUE;

        Write(int key, long version, SimulatedNode node, @Nullable String token) {
            this.key = key;
            this.version = version;
            this.node = node;
            this.token = token;
        }

        long supersededAt() {
            return announced ? Math.min(coveredAt, intentUntil) : coveredAt;
        }
    }

    Write committed(SimulatedNode node, int key, long version, @Nullable String token) {
        tally.writes++;
        Write write = new Write(key, version, node, token);
        Long until = intents.get(key).get(token);
        write.announced = until != null && world.now() < until;
        write.intentUntil = until == null ? 0 : until;
        writes.get(key).add(write);
        world.trace.say(node, " commits version ", version, " of key ", key, write.announced ? "" : ", unannounced");
        return write;
    }

    /** A write has ended, well or not, and its node lives. */
    void ended(Write write, boolean owesNothing) {
        SimulatedNode node = write.node;
        node.written[write.key] = Math.max(node.written[write.key], write.version);
        if (owesNothing && write.coveredAt == Long.MAX_VALUE) {
            violated("P1: " + node + " has written version " + write.version + " of key " + write.key
                    + ", owes the store nothing, and the store was not told");
        }
    }

    /** The store has carried out an operation. */
    void applied(int key, Operation<?> operation, Object reply) {
        if (operation instanceof Operation.Begin begin) {
            announced(key, begin.token(), begin.term());
        } else if (operation instanceof Operation.Renew renew && Boolean.TRUE.equals(reply)) {
            announced(key, renew.token(), renew.term());
        } else if (operation instanceof Operation.Complete complete) {
            intents.get(key).remove(complete.token());
            covered(key);
        } else if (operation instanceof Operation.Invalidate || operation instanceof Operation.Put) {
            covered(key);
        }
    }

    private void announced(int key, String token, long termMicros) {
        long until = world.now() + termMicros * World.MICROS;
        intents.get(key).put(token, until);
        for (Write write : writes.get(key)) {
            if (write.announced && token.equals(write.token) && world.now() < write.intentUntil) {
                write.intentUntil = until;
            }
        }
    }

    private void covered(int key) {
        drops[key]++;
        for (Write write : writes.get(key)) {
            write.coveredAt = Math.min(write.coveredAt, world.now());
        }
    }

    void coveredAll() {
        for (int key = 0; key < writes.size(); key++) {
            covered(key);
        }
    }

    void evicted(int key) {
        intents.get(key).clear();
        for (Write write : writes.get(key)) {
            if (write.announced) {
                write.coveredAt = Math.min(write.coveredAt, world.now());
            }
        }
    }

    void restarted() {
        intents.forEach(Map::clear);
        coveredAll();
    }

    /** How often the store dropped or replaced what it had of a key. */
    int drops(int key) {
        return drops[key];
    }

    /** Whether a writer is at work, so that whoever finds no value must load. */
    boolean isBeingWritten(int key) {
        return intents.get(key).values().stream().anyMatch(until -> world.now() <= until);
    }

    /** A read returned. */
    void read(SimulatedNode node, int key, long began, long own, long version, String how) {
        tally.reads++;
        world.trace.say(node, " ", how, " key ", key, ": version ", version, ", asked at ", began / 1e6);
        if (version < own) {
            violated("P2: " + node + " " + how + " version " + version + " of key " + key + ", but had written version "
                    + own);
        }
        long age = began - supersededAt(key, version);
        if (age > 0) {
            tally.worstStaleness = Math.max(tally.worstStaleness, age);
        }
        if (age > Plan.BOUND + SimulatedNode.GRANULARITY) {
            violated("P1: " + node + " " + how + " version " + version + " of key " + key + ", superseded " + age / 1e6
                    + " ms before");
        }
    }

    private long supersededAt(int key, long version) {
        long first = Long.MAX_VALUE;
        for (Write write : writes.get(key)) {
            if (write.version > version) {
                first = Math.min(first, write.supersededAt());
            }
        }
        return first;
    }

    /** The keys that were last written past everything: without an intent, by nodes that died before they could tell. */
    List<Integer> orphans() {
        List<Integer> orphans = new ArrayList<>();
        for (int key = 0; key < writes.size(); key++) {
            if (writes.get(key).stream()
                    .anyMatch(write -> write.supersededAt() == Long.MAX_VALUE && write.node.isDead())) {
                orphans.add(key);
            }
        }
        return orphans;
    }

    void violated(String what) {
        world.trace.say("VIOLATION of ", what);
        onViolation.accept(what);
    }
}
