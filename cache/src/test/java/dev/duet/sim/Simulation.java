package dev.duet.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One schedule: a cluster that works in a hostile world for some seconds of virtual time, is then left in peace, and is
 * looked through at the end. The same seed plays the same schedule.
 */
final class Simulation {

    private static final long PATIENCE = 25_000 * World.MILLIS;

    /** Makes the cache of a node, on a strand of it. */
    interface Maker {
        CacheUnderTest make(SimulatedNode node, Server server, Plan plan, CacheUnderTest.Loader loader);
    }

    private final World world;
    private final Plan plan;
    private final Maker maker;
    private final Guards guards;
    private final Tally tally = new Tally();
    private final Trace trace;
    private final Network network;
    private final History history;
    private final Loads loads;
    private final Database database;
    private final Server server;
    private final Reads reads;
    private final Workload workload;
    private final Chaos chaos;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private @Nullable String violation;

    private Simulation(
            Crew crew, long seed, boolean calm, boolean announces, boolean traced, Maker maker, Guards guards) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
        this.maker = maker;
        this.guards = guards;
        this.trace = new Trace(traced);
        this.world = new World(crew, random, trace);
        trace.clock(world::now);
        this.plan = new Plan(random, calm, false, announces);
        trace.say("seed ", seed, ": ", plan);
        this.network = new Network(world, plan, guards, tally);
        this.database = new Database(plan.keys);
        this.history = new History(world, plan, tally, database, this::violated);
        this.loads = new Loads(world, plan, history, tally);
        this.server = new Server(world, plan, guards, history, loads);
        this.reads = new Reads(world, plan, history, tally);
        this.workload = new Workload(
                world,
                plan,
                server,
                database,
                history,
                loads,
                reads,
                tally,
                () -> alive().size() > Chaos.LEAST_ALIVE,
                this::join);
        for (int node = 0; node < plan.nodes; node++) {
            join();
        }
        this.chaos = new Chaos(world, plan, server, network, database::goDown, tally, this::alive, this::join);
        for (int operation = 0; operation < plan.operations; operation++) {
            world.after(random.nextLong(plan.duration), this::operate);
        }
        world.after(plan.duration, this::heal);
        world.onFailure(this::end);
    }

    /** What came of a schedule: what it amounted to, its first violation if there was one, and its trace. */
    record Result(Tally tally, @Nullable String violation, Trace trace) {}

    /**
     * Plays a schedule.
     *
     * @param calm whether nothing goes wrong in it
     * @param announces whether the application announces its writes in all the ways there are
     * @param traced whether to keep a trace
     */
    static Result play(
            Crew crew, long seed, boolean calm, boolean announces, boolean traced, Maker maker, Guards guards) {
        Simulation simulation = new Simulation(crew, seed, calm, announces, traced, maker, guards);
        simulation.world.play();
        simulation.tally.schedules = 1;
        return new Result(simulation.tally, simulation.violation, simulation.trace);
    }

    private List<SimulatedNode> alive() {
        return nodes.stream().filter(node -> !node.isDead()).toList();
    }

    private void join() {
        SimulatedNode node = new SimulatedNode(world, "n" + (nodes.size() + 1), server, network, plan, guards);
        if (!guards.clocksTick()) {
            node.stopClock();
        }
        nodes.add(node);
        trace.say(node, " joins");
        world.start(
                0,
                new Strand(node, "start", () -> node.started(maker.make(node, server, plan, workload.loader(node)))));
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
        workload.heal();
        awaitPeace(world.now() + PATIENCE);
    }

    /** Waits until every operation has ended, and every node has made up for what it missed. */
    private void awaitPeace(long end) {
        if (workload.isIdle() && alive().stream().allMatch(node -> node.serves() && settled(node))) {
            adopt(history.orphans());
            world.after(2 * Plan.BOUND + 2 * SimulatedNode.GRANULARITY, this::sweep);
        } else if (world.now() > end) {
            alive().forEach(node -> trace.say(
                    node,
                    ": ",
                    node.cache() == null ? "not started" : node.cache().state()));
            violated("P3: not settled " + PATIENCE / World.MILLIS + " ms after everything healed");
        } else {
            world.after(100 * World.MILLIS, () -> awaitPeace(end));
        }
    }

    private static boolean settled(SimulatedNode node) {
        CacheUnderTest cache = node.cache();
        return cache != null && cache.isSettled();
    }

    /** The application tells of the writes of which nothing in the cluster knows: no promise is made for them. */
    private void adopt(List<Integer> orphans) {
        SimulatedNode node = alive().get(0);
        orphans.forEach(key -> {
            trace.say("key ", key, " was written past the store by a node that died");
            workload.drop(node, key);
        });
    }

    /** Looks at every key on every node, and in the store. */
    private void sweep() {
        List<SimulatedNode> all = alive();
        for (int key = 0; key < plan.keys; key++) {
            Long stored = server.stored(key);
            check("the store", key, stored);
        }
        int[] left = {all.size()};
        for (SimulatedNode node : all) {
            world.start(0, new Strand(node, "sweep", () -> {
                for (int key = 0; key < plan.keys; key++) {
                    check(node.name, key, reads.look(node, key));
                }
                if (--left[0] == 0) {
                    if (plan.faults == 0) {
                        loads.check();
                    }
                    end();
                }
            }));
        }
    }

    private void check(String where, int key, @Nullable Long found) {
        if (found != null && database.version(found) != database.select(key)) {
            history.violated("P3: " + where + " has version " + database.version(found) + " of key " + key
                    + " in the end, and the database " + database.select(key));
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
            nodes.forEach(node -> {
                node.kill();
                if (node.cache() != null) {
                    node.cache().count(tally);
                }
            });
        }
    }
}
