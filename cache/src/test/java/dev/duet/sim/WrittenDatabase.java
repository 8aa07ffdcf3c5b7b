package dev.duet.sim;

import dev.duet.CacheWrite;
import dev.duet.CacheWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A system of record that is written behind: rows with versions, which it compares or not. A statement, once it was sent,
 * takes effect at a time of its own, whatever becomes of the node that sent it; one that fails may have taken effect, or
 * some of it, or may yet.
 */
final class WrittenDatabase {

    private final World world;
    private final BehindPlan plan;
    private final Server server;
    private final BehindHistory history;
    private final Tally tally;
    private final BooleanSupplier mayKill;
    private final List<Row> rows = new ArrayList<>();
    private final Set<Integer> poisoned = new HashSet<>();
    /** By partition, the nodes whose writers are at work on it. */
    private final Map<Integer, List<SimulatedNode>> working = new HashMap<>();

    private long loadsDownUntil;
    private long downUntil;
    private long sickUntil;
    private long slowUntil;
    private boolean healed;

    /** What a key has, and by which write. */
    record Row(@Nullable Long value, long version) {}

    /** What becomes of a statement, apart from what the database does to all. */
    private enum Fate {
        WELL,
        ANSWER_LOST,
        IN_PART,
        LATER,
        DIES
    }

    /** A statement on its way. */
    private static final class Statement {
        final SimulatedNode node;
        final List<CacheWrite<Integer, Long>> writes;
        final Fate fate;

        @Nullable
        Exception failure;

        Statement(SimulatedNode node, List<CacheWrite<Integer, Long>> writes, Fate fate) {
            this.node = node;
            this.writes = writes;
            this.fate = fate;
        }
    }

    WrittenDatabase(
            World world, BehindPlan plan, Server server, BehindHistory history, Tally tally, BooleanSupplier mayKill) {
        this.world = world;
        this.plan = plan;
        this.server = server;
        this.history = history;
        this.tally = tally;
        this.mayKill = mayKill;
        for (int key = 0; key < plan.keys; key++) {
            rows.add(new Row(history.first(key), 0));
        }
        for (int trouble = 0; trouble < plan.troubles; trouble++) {
            world.after(world.random.nextLong(plan.duration), this::strike);
        }
    }

    Row row(int key) {
        return rows.get(key);
    }

    boolean loadsFail() {
        return world.now() < loadsDownUntil;
    }

    /** Lets every load fail that begins before {@code time}. */
    void failLoads(long time) {
        loadsDownUntil = time;
    }

    /** Nothing goes wrong any more. */
    void heal() {
        healed = true;
        loadsDownUntil = 0;
        downUntil = 0;
        sickUntil = 0;
        slowUntil = 0;
        poisoned.clear();
    }

    private void strike() {
        if (healed) {
            return;
        }
        long time = world.random.nextLong(20 * World.MILLIS, 2_000 * World.MILLIS);
        long until = world.now() + time;
        switch (plan.onlyOutages ? 0 : world.random.nextInt(4)) {
            case 0 -> downUntil = until;
            case 1 -> sickUntil = until;
            case 2 -> slowUntil = until;
            default -> {
                int key = world.random.nextInt(plan.keys);
                poisoned.add(key);
                world.after(time, () -> poisoned.remove(key));
            }
        }
        world.trace.say(
                "the database is in trouble for ",
                time / World.MILLIS,
                " ms: ",
                world.now() < downUntil ? "down " : "",
                world.now() < sickUntil ? "sick " : "",
                world.now() < slowUntil ? "slow " : "",
                poisoned);
    }

    /** A node's writer. */
    final class Writer implements CacheWriter<Integer, Long> {

        private final SimulatedNode node;

        Writer(SimulatedNode node) {
            this.node = node;
        }

        @Override
        public void write(Integer key, Long value) {
            throw new IllegalStateException("writeAll is called");
        }

        @Override
        public void delete(Integer key) {
            throw new IllegalStateException("writeAll is called");
        }

        @Override
        public void writeAll(List<CacheWrite<Integer, Long>> writes) throws Exception {
            node.checkAlive();
            Fate fate = fate();
            world.trace.say(node, " writes ", writes, fate == Fate.WELL ? "" : ", which goes wrong: " + fate);
            enter(writes);
            try {
                send(new Statement(node, writes, fate));
            } catch (IOException | RuntimeException e) {
                world.trace.say(node, " could not write: ", e);
                throw e;
            } finally {
                leave(writes);
            }
        }

        private void send(Statement statement) throws Exception {
            long takes = time();
            if (statement.fate == Fate.LATER) {
                world.after(takes + world.random.nextInt(2_000) * World.MILLIS, () -> apply(statement));
                world.sleep(takes);
                throw new IOException("nobody knows what becomes of it");
            }
            world.after(takes, () -> {
                if (!node.isDead() || world.random.nextBoolean()) {
                    apply(statement);
                }
            });
            world.sleep(takes);
            if (statement.fate == Fate.DIES && mayKill.getAsBoolean()) {
                node.kill();
                node.checkAlive();
            }
            world.sleep(time() / 4);
            if (statement.failure != null) {
                throw statement.failure;
            }
        }

        private void enter(List<CacheWrite<Integer, Long>> writes) {
            for (int partition : partitions(writes)) {
                List<SimulatedNode> there = working.computeIfAbsent(partition, p -> new ArrayList<>());
                there.removeIf(SimulatedNode::isDead);
                if (plan.faults == 0 && !there.isEmpty()) {
                    history.violated("E: " + node + " writes to partition " + partition + " while " + there + " does");
                }
                there.add(node);
            }
        }

        private void leave(List<CacheWrite<Integer, Long>> writes) {
            partitions(writes).forEach(partition -> working.get(partition).remove(node));
        }

        private Set<Integer> partitions(List<CacheWrite<Integer, Long>> writes) {
            Set<Integer> partitions = new HashSet<>();
            writes.forEach(write -> partitions.add(server.recordKey(write.key()).partition()));
            return partitions;
        }
    }

    private Fate fate() {
        if (healed || world.random.nextInt(1_000) >= plan.failures) {
            return Fate.WELL;
        }
        return switch (world.random.nextInt(8)) {
            case 0, 1, 2 -> Fate.ANSWER_LOST;
            case 3, 4 -> plan.onlyOutages ? Fate.ANSWER_LOST : Fate.IN_PART;
            case 5 -> plan.fenced ? Fate.LATER : Fate.WELL;
            case 6 -> plan.faults > 0 ? Fate.DIES : Fate.WELL;
            default -> Fate.WELL;
        };
    }

    private long time() {
        boolean slow = world.now() < slowUntil;
        long most = plan.faults > 0 ? 8L * plan.leaseTerm : 2L * plan.leaseTerm;
        return slow
                ? world.random.nextLong(10, Math.min(most, 4_000)) * World.MILLIS
                : world.random.nextInt(50, world.random.nextInt(10) == 0 ? 60_000 : 3_000) * World.MICROS;
    }

    private void apply(Statement statement) {
        boolean refused = world.now() < downUntil;
        if (refused || world.now() < sickUntil) {
            statement.failure = failure(statement.writes, refused, "it takes no statements");
            return;
        }
        boolean breaks = statement.writes.stream().anyMatch(write -> poisoned.contains(write.key()));
        if (breaks && world.random.nextBoolean()) {
            statement.failure = failure(statement.writes, false, "it breaks a constraint, and is rolled back");
            return;
        }
        int written = 0;
        for (CacheWrite<Integer, Long> write : statement.writes) {
            if (poisoned.contains(write.key())
                    || (statement.fate == Fate.IN_PART && written > 0 && world.random.nextBoolean())) {
                statement.failure = failure(statement.writes, false, "it was done in part");
                return;
            }
            store(statement.node, write);
            written++;
        }
        if (statement.fate == Fate.ANSWER_LOST || statement.fate == Fate.IN_PART) {
            boolean unclassified = !plan.onlyOutages && world.random.nextBoolean();
            statement.failure = failure(statement.writes, !unclassified, "its answer is lost");
        }
    }

    private Exception failure(List<CacheWrite<Integer, Long>> writes, boolean unavailable, String why) {
        if (unavailable) {
            return new IOException(why);
        }
        writes.forEach(write -> history.blamed(write.key()));
        return new IllegalStateException(why);
    }

    private void store(SimulatedNode node, CacheWrite<Integer, Long> write) {
        int key = write.key();
        Row row = rows.get(key);
        boolean applies = !plan.fenced || write.version() > row.version();
        history.writes(node, write, row, applies);
        world.trace.say("database: version ", write.version(), " of key ", key, applies ? "" : " is refused");
        if (write.version() == row.version()) {
            tally.repeated++;
        }
        if (applies) {
            rows.set(key, new Row(write.value(), write.version()));
        }
    }
}
