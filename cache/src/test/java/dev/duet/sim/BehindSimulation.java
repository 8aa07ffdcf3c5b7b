package dev.duet.sim;

import dev.duet.LoadTimeoutException;
import dev.duet.TwoLevelCache;
import dev.duet.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One schedule of a cluster whose cache writes behind, to a database that has its own troubles, in a hostile world; as {@link
 * Simulation} otherwise. In the end nothing is pending, and the database, the store and all nodes agree.
 */
final class BehindSimulation {

    private static final long PATIENCE = 60_000 * World.MILLIS;

    private final World world;
    private final BehindPlan plan;
    private final Guards guards;
    private final Tally tally = new Tally();
    private final Trace trace;
    private final Network network;
    private final BehindHistory history;
    private final WrittenDatabase database;
    private final Server server;
    private final BehindWorkload workload;
    private final Chaos chaos;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final Map<SimulatedNode, TwoLevelCache<Integer, Long>> caches = new HashMap<>();
    private @Nullable String violation;

    private BehindSimulation(Crew crew, long seed, boolean calm, boolean fenced, boolean traced, Guards guards) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 7);
        this.guards = guards;
        this.trace = new Trace(traced);
        this.world = new World(crew, random, trace);
        trace.clock(world::now);
        this.plan = new BehindPlan(random, calm, fenced);
        trace.say("seed ", seed, ": ", plan);
        this.network = new Network(world, plan, guards, tally);
        this.history = new BehindHistory(world, plan, tally, this::violated);
        this.server = new Server(world, plan, guards, history);
        history.store(server::read);
        this.database =
                new WrittenDatabase(world, plan, server, history, tally, () -> alive().size() > Chaos.LEAST_ALIVE);
        this.workload = new BehindWorkload(world, plan, history, database, tally);
        for (int node = 0; node < plan.nodes; node++) {
            join();
        }
        this.chaos = new Chaos(world, plan, server, network, database::failLoads, tally, this::alive, this::join);
        for (int operation = 0; operation < plan.operations; operation++) {
            world.after(random.nextLong(plan.duration), this::operate);
        }
        world.after(plan.duration, this::heal);
        world.onFailure(this::end);
    }

    /** Plays a schedule, with or without what goes wrong outside the database, and a database with or without a fence. */
    static Simulation.Result play(Crew crew, long seed, boolean calm, boolean fenced, boolean traced, Guards guards) {
        BehindSimulation simulation = new BehindSimulation(crew, seed, calm, fenced, traced, guards);
        simulation.world.play();
        simulation.tally.schedules = 1;
        return new Simulation.Result(simulation.tally, simulation.violation, simulation.trace);
    }

    private List<SimulatedNode> alive() {
        return nodes.stream().filter(node -> !node.isDead()).toList();
    }

    private void join() {
        SimulatedNode node = new SimulatedNode(world, "n" + (nodes.size() + 1), server, network, plan, guards);
        nodes.add(node);
        trace.say(node, " joins");
        world.start(0, new Strand(node, "start", () -> start(node)));
    }

    private void start(SimulatedNode node) {
        DuetUnderTest cache = new DuetUnderTest(node, plan, workload.loader(node), builder -> {
            builder.writeBehind(plan.settings(database.new Writer(node)));
            if (plan.absence > 0) {
                builder.cacheAbsence(Duration.ofMillis(plan.absence));
            }
        });
        caches.put(node, cache.rows());
        workload.started(node, cache.rows());
        node.started(cache);
    }

    /** Does something on one node, or the same moment on several. */
    private void operate() {
        int times = world.random.nextInt(4) == 0 ? 3 : 1;
        for (int time = 0; time < times; time++) {
            List<SimulatedNode> able = nodes.stream()
                    .filter(node -> node.serves() && !node.isPaused())
                    .toList();
            if (!able.isEmpty()) {
                workload.operate(able.get(world.random.nextInt(able.size())));
            }
        }
    }

    private void heal() {
        trace.say("everything heals");
        chaos.heal();
        database.heal();
        workload.heal();
        awaitPeace(world.now() + PATIENCE);
    }

    /** Waits until every operation has ended, every node has made up for what it missed, and nothing is pending. */
    private void awaitPeace(long end) {
        boolean settled = workload.isIdle() && alive().stream().allMatch(this::isSettled);
        if (settled && pending() == 0) {
            world.after(2 * Plan.BOUND + 2 * SimulatedNode.GRANULARITY + 4_000 * World.MILLIS, this::sweep);
        } else if (world.now() > end) {
            alive().forEach(node -> trace.say(
                    node,
                    ": ",
                    node.cache() == null ? "not started" : node.cache().state()));
            history.violated(
                    settled
                            ? "A: " + pending() + " writes are pending " + PATIENCE / World.MILLIS
                                    + " ms after everything healed"
                            : "P3: not settled " + PATIENCE / World.MILLIS + " ms after everything healed");
        } else {
            if (settled) {
                workload.retry(alive().get(0));
            }
            world.after(500 * World.MILLIS, () -> awaitPeace(end));
        }
    }

    private long pending() {
        long pending = 0;
        for (int partition = 0; partition < plan.partitions; partition++) {
            pending += server.pending(partition);
        }
        return pending;
    }

    private boolean isSettled(SimulatedNode node) {
        CacheUnderTest cache = node.cache();
        return cache != null && cache.isSettled();
    }

    /** Looks at every key in the database, the store, and on every node. */
    private void sweep() {
        if (pending() > 0) {
            awaitPeace(world.now() + PATIENCE); // something that was late came up
            return;
        }
        List<Integer> sure = new ArrayList<>();
        for (int key = 0; key < plan.keys; key++) {
            if (history.checkRow(key, database.row(key))) {
                sure.add(key);
                check("the store", key, server.stored(key));
            }
        }
        List<SimulatedNode> all = alive();
        int[] left = {all.size()};
        for (SimulatedNode node : all) {
            world.start(0, new Strand(node, "sweep", () -> {
                TwoLevelCache<Integer, Long> cache = Objects.requireNonNull(caches.get(node));
                sure.forEach(key -> check(node.name, key, cache.getIfPresent(key)));
                checkReads(node, cache, sure);
                if (--left[0] == 0) {
                    end();
                }
            }));
        }
    }

    private void checkReads(SimulatedNode node, TwoLevelCache<Integer, Long> cache, List<Integer> keys) {
        Map<Integer, Long> found;
        try {
            found = cache.getAll(keys);
        } catch (LoadTimeoutException | StoreUnavailableException e) {
            trace.say(node, " does not wait for a slow load, or a slow store"); // which may be
            return;
        }
        for (int key : keys) {
            if (!Objects.equals(found.get(key), database.row(key).value())) {
                history.violated("P3: " + node + " finds " + found.get(key) + " for key " + key
                        + " in the end, and the database has " + database.row(key));
            }
        }
    }

    private void check(String where, int key, @Nullable Long found) {
        if (found != null && !found.equals(database.row(key).value())) {
            history.violated("P3: " + where + " has " + found + " of key " + key + " in the end, and the database "
                    + database.row(key));
        }
    }

    private void violated(String what) {
        if (violation == null) {
            violation = what;
            tally.violations++;
            world.after(0, this::end);
        }
    }

    private void end() {
        if (!world.hasEnded()) {
            world.end();
            nodes.forEach(SimulatedNode::kill);
            workload.count();
            if (tally.lostWrites > 0) {
                history.violated("A: " + tally.lostWrites + " pending writes were lost");
            }
        }
    }
}
