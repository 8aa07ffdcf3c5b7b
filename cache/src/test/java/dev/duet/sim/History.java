package dev.duet.sim;

import dev.duet.sim.CacheUnderTest.Found;
import dev.duet.store.Content;
import dev.duet.store.Operation;
import dev.duet.store.WriteReply;
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
 * the key: when, after the commit, it carried out a completion, an invalidation or a put of the key by whomever (a completion
 * with a value that it keeps counts for the versions up to that), or lost
 * all of its data, which hides what there was. If the store held the writer's intent at the commit, then at the latest when
 * that intent ended: it ran out after the last renewal that arrived, or was evicted. So what a node writes that cannot reach
 * the store counts from when it can, and what was committed without an intent by a node that died counts never, until the
 * application invalidates it. A read that began at T violates P1 if what it returned had been superseded before T − B − the
 * granularity of the node's clock.
 *
 * <p>P2: a read returns at least the newest version whose writing operation had ended on that node when the read began,
 * whether it ended well or not. And a write that ended on a node that owes the store nothing must have been taken by it.
 *
 * <p>P1 and P2 hold for stale answers as for all others. Beyond the promises there are lives. A version may be served
 * for its life after the store took it, or after somebody loaded it; and as stale for its retention after that, if there is
 * one, and only after a load of the key has failed or, with {@code softTimeout} or {@code hardTimeout}, takes long. What one may be told who
 * joined a read was true at most B before. And a failure of the loader reaches only those who began before it; but when it is told is not known of a loader that does
 * not block, since that of another key may be waited for.
 */
final class History implements Witness {

    private final World world;
    private final Plan plan;
    private final Tally tally;
    private final Database database;
    private final Consumer<String> onViolation;
    private final List<List<Write>> writes = new ArrayList<>();
    /** By key and token, until when the store holds an intent. */
    private final List<Map<String, Long>> intents = new ArrayList<>();

    /** By key and version, less one. */
    private final List<List<Life>> lives = new ArrayList<>();
    /** By key, when a load failed last, and until when stale values may be served for that. */
    private final long[] failedAt;

    private final long[] staleUntil;

    History(World world, Plan plan, Tally tally, Database database, Consumer<String> onViolation) {
        this.world = world;
        this.database = database;
        this.plan = plan;
        this.tally = tally;
        this.onViolation = onViolation;
        this.failedAt = new long[plan.keys];
        this.staleUntil = new long[plan.keys];
        for (int key = 0; key < plan.keys; key++) {
            writes.add(new ArrayList<>());
            intents.add(new HashMap<>());
            lives.add(new ArrayList<>());
            failedAt[key] = Long.MIN_VALUE;
        }
    }

    /** Within which time every node knows that the store's clock was set: an audit, and the bound. */
    private static final long NOTICED = 2 * Plan.BOUND;

    /** Until when a version may be served, and until when as stale. */
    private static final class Life {
        long end;
        long retained;

        void extend(long newEnd, long retention) {
            end = Math.max(end, newEnd);
            retained = Math.max(retained, newEnd + retention);
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
        /** Whether its intent was never closed. */
        boolean forgotten;

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

    @Override
    public void applied(int key, Operation<?> operation, Object reply) {
        if (operation instanceof Operation.Begin begin) {
            tally.again += begin.again() ? 1 : 0;
            announced(key, begin.token(), begin.term());
        } else if (operation instanceof Operation.Renew renew && Boolean.TRUE.equals(reply)) {
            announced(key, renew.token(), renew.term());
        } else if (operation instanceof Operation.Complete complete) {
            intents.get(key).remove(complete.token());
            if (((WriteReply) reply).stored()) {
                tally.kept++;
            } else {
                tally.notKept += complete.content() == null ? 0 : 1;
                covered(key);
            }
        } else if (operation instanceof Operation.Invalidate
                || (operation instanceof Operation.Put && !((WriteReply) reply).late())) {
            covered(key);
        } else if (operation instanceof Operation.Release release && Boolean.TRUE.equals(reply)) {
            staleUntil[key] = Math.max(staleUntil[key], world.now() + release.pause() * World.MICROS);
        }
    }

    @Override
    public void completed(int key, long value) {
        long version = database.version(value);
        for (Write write : writes.get(key)) {
            if (write.version <= version) {
                write.coveredAt = Math.min(write.coveredAt, world.now());
            }
        }
    }

    @Override
    public void stored(int key, long value, Content content) {
        long life = content.life() * World.MICROS;
        long most = plan.lifeMillis * World.MILLIS;
        if (life > most || life < most * (1 - plan.ttlJitter) - World.MICROS) {
            violated("Life: key " + key + " is to live for " + life / 1e6 + " ms");
        }
        long version = database.version(value);
        if (version == 0) {
            return; // whoever reads it is told that it was never committed
        }
        life(key, version).extend(world.now() + life, content.retention() * World.MICROS);
    }

    /** A loader has found a version. */
    void loaded(int key, long version) {
        life(key, version).extend(world.now() + plan.lifeMillis * World.MILLIS, 0);
    }

    /** A load has failed, and whoever waits for it is to be told now. */
    void failed(int key) {
        failedAt[key] = world.now();
        staleUntil[key] = Math.max(staleUntil[key], world.now() + plan.retryAfter * World.MILLIS);
    }

    private Life life(int key, long version) {
        List<Life> all = lives.get(key);
        while (all.size() < version) {
            all.add(new Life());
        }
        return all.get((int) version - 1);
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
        for (Write write : writes.get(key)) {
            write.coveredAt = Math.min(write.coveredAt, world.now());
        }
    }

    @Override
    public void invalidatedAll() {
        for (int key = 0; key < writes.size(); key++) {
            covered(key);
        }
    }

    @Override
    public void evicted(int key) {
        intents.get(key).clear();
        for (Write write : writes.get(key)) {
            if (write.announced) {
                write.coveredAt = Math.min(write.coveredAt, world.now());
            }
        }
    }

    /**
     * The store's clock was set. What lives there may live a little longer, or again, until that is noticed everywhere. Intents have run
     * out: one that was set forward passed their ends, and one that was set back makes them longer than their terms.
     */
    @Override
    public void clockSet(long nanos) {
        if (nanos < 0) {
            long longer = Math.min(-nanos, NOTICED);
            long now = world.now();
            lives.forEach(all -> all.forEach(life -> {
                life.end = life.end == 0 ? 0 : Math.max(life.end, now) + longer;
                life.retained = life.retained == 0 ? 0 : Math.max(life.retained, now) + longer;
            }));
            for (int key = 0; key < staleUntil.length; key++) {
                staleUntil[key] = staleUntil[key] == 0 ? 0 : Math.max(staleUntil[key], now) + longer;
            }
        }
        if (Math.abs(nanos) > 2 * Plan.BOUND) {
            for (int key = 0; key < writes.size(); key++) {
                evicted(key);
            }
        }
    }

    @Override
    public void restarted() {
        intents.forEach(Map::clear);
        invalidatedAll();
    }

    /** A read returned. */
    void read(SimulatedNode node, int key, long began, long own, Found found, String how, boolean joins) {
        tally.reads++;
        long version = database.version(found.version());
        world.trace.say(
                node, " ", how, " key ", key, ": version ", version, found.how().told(), ", asked at ", began / 1e6);
        if (version == 0) {
            violated("P1: " + node + " " + how + " something of key " + key + " that was never committed");
            return;
        }
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
        checkLife(node, key, began, new Found(version, found.how()), how, joins);
    }

    private void checkLife(SimulatedNode node, int key, long began, Found found, String how, boolean joins) {
        long slack = SimulatedNode.GRANULARITY + (joins && !found.how().isNear() ? Plan.BOUND : 0);
        Life life = life(key, found.version());
        boolean stale = found.how().isStale();
        long over = began - (stale || found.how() == Found.How.SOMEHOW ? life.retained : life.end);
        if (over > slack) {
            violated("Life: " + node + " " + how + " version " + found.version() + " of key " + key
                    + found.how().told() + ", which was over " + over / 1e6 + " ms before");
        }
        if (stale) {
            tally.stale++;
            if (plan.staleIfError == 0) {
                violated("Life: " + node + " " + how + " key " + key
                        + found.how().told() + ", which is not allowed");
            } else if (plan.softTimeout == 0
                    && plan.hardTimeout == 0
                    && !plan.tellsLate()
                    && began > staleUntil[key] + slack) {
                violated("Life: " + node + " " + how + " key " + key
                        + found.how().told() + ", though no load has failed");
            }
        }
    }

    /** A read of some keys has failed, since a load has. */
    void readFailed(SimulatedNode node, List<Integer> keys, long began) {
        if (!plan.tellsLate() && keys.stream().noneMatch(key -> failedAt[key] >= began)) {
            violated("P5: " + node + " was told that keys " + keys
                    + " could not be loaded, which was so before it asked");
        }
    }

    /** A read of some keys did not wait any longer. */
    void readTimedOut(SimulatedNode node, List<Integer> keys, long began) {
        long least = plan.hardTimeout * World.MILLIS;
        if (least == 0 || world.now() - began < least) {
            violated("P5: " + node + " was told after " + (world.now() - began) / 1e6 + " ms that loading keys " + keys
                    + " takes too long");
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

    /**
     * The keys that were last written past everything: without an intent, by nodes that died before they could tell, or by
     * writers that never did.
     */
    List<Integer> orphans() {
        List<Integer> orphans = new ArrayList<>();
        for (int key = 0; key < writes.size(); key++) {
            if (writes.get(key).stream()
                    .anyMatch(write ->
                            write.supersededAt() == Long.MAX_VALUE && (write.node.isDead() || write.forgotten))) {
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
