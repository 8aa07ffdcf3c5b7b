package dev.duet.sim;

import dev.duet.store.InMemoryStore;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What goes wrong in a schedule, apart from single messages: drawn from the seed, at any time. */
final class Chaos {

    static final int LEAST_ALIVE = 2;

    private final World world;
    private final Server server;
    private final Network network;
    private final LongConsumer loadsDown;
    private final boolean durable;
    private final boolean announces;
    private final Tally tally;
    private final int keys;
    private final int strikes;
    private final Supplier<List<SimulatedNode>> nodes;
    private final Runnable join;
    private InMemoryStore.@Nullable Snapshot snapshot;
    private boolean healed;

    Chaos(
            World world,
            Plan plan,
            Server server,
            Network network,
            LongConsumer loadsDown,
            Tally tally,
            Supplier<List<SimulatedNode>> nodes,
            Runnable join) {
        this.world = world;
        this.server = server;
        this.network = network;
        this.loadsDown = loadsDown;
        this.durable = plan.durable;
        this.announces = plan.announces;
        this.strikes = plan.rich ? 19 : 15;
        this.tally = tally;
        this.keys = plan.keys;
        this.nodes = nodes;
        this.join = join;
        for (int fault = 0; fault < plan.faults; fault++) {
            world.after(nanos(0, plan.duration), this::strike);
        }
        for (long time = 0; plan.faults > 0 && time < plan.duration; time += 400 * World.MILLIS) {
            world.after(time + nanos(0, 400 * World.MILLIS), () -> snapshot = server.snapshot());
        }
    }

    /** Nothing goes wrong any more; what has, is mended, as far as it is not the nodes' to mend. */
    void heal() {
        healed = true;
        network.heal();
        for (SimulatedNode node : nodes.get()) {
            node.link.heal();
            node.resume();
        }
    }

    private void strike() {
        if (healed) {
            return;
        }
        tally.faults++;
        if (announces && world.random.nextInt(5) == 0) {
            server.evict(0); // more often, since a lost intent matters while others are at work
            return;
        }
        if (world.random.nextInt(24) == 0) {
            setClock();
            return;
        }
        switch (world.random.nextInt(strikes)) {
            case 0 -> outage();
            case 1 -> {
                long time = nanos(20 * World.MILLIS, 1_500 * World.MILLIS);
                world.trace.say("the network is slow for ", time / World.MILLIS, " ms");
                network.slowDown(time);
            }
            case 2, 3 -> on("is cut off from the store", this::cutOff);
            case 4 -> onFeed("its feed drops messages", feed -> feed.drop(world.random.nextInt(1, 4)));
            case 5 -> onFeed("its feed stalls", feed -> feed.stall(nanos(10 * World.MILLIS, 1_500 * World.MILLIS)));
            case 6 -> onFeed("its feed is cut", feed -> feed.cut(nanos(World.MILLIS, 1_500 * World.MILLIS)));
            case 7, 8 -> onFeed("its feed is half-open", Feed::openHalf);
            case 9 -> server.evict(world.random.nextBoolean() ? 0 : world.random.nextInt(keys));
            case 10, 11 -> restart();
            case 12, 13 -> {
                tally.pauses++;
                on("pauses", node -> node.pause(nanos(5 * World.MILLIS, 3 * Plan.BOUND)));
            }
            case 14 -> kill();
            default -> {
                long time = nanos(50 * World.MILLIS, 2_500 * World.MILLIS);
                world.trace.say("nothing can be loaded for ", time / World.MILLIS, " ms");
                loadsDown.accept(world.now() + time);
            }
        }
    }

    /** By so little that it is no step, by so much that no term is left, forward or back. */
    private void setClock() {
        tally.clockSteps++;
        long most = world.random.nextBoolean() ? 30_000 * World.MILLIS : 3_600_000 * World.MILLIS;
        long step = switch (world.random.nextInt(4)) {
            case 0 -> -nanos(World.MILLIS, 400 * World.MILLIS);
            case 1 -> nanos(2_100 * World.MILLIS, most);
            default -> -nanos(2_100 * World.MILLIS, most);
        };
        server.setClock(step);
    }

    private void outage() {
        long time = nanos(5 * World.MILLIS, 2_500 * World.MILLIS);
        boolean refuses = world.random.nextBoolean();
        world.trace.say("the store is down for ", time / World.MILLIS, " ms, and ", refuses ? "refuses" : "is silent");
        network.goDown(time, refuses);
        if (world.random.nextBoolean()) {
            cutFeeds();
        }
    }

    private void cutOff(SimulatedNode node) {
        node.link.cut(nanos(5 * World.MILLIS, 2_500 * World.MILLIS), world.random.nextBoolean());
        boolean noticed = world.random.nextBoolean();
        node.link.feeds().forEach(noticed ? feed -> feed.cut(World.MILLIS) : Feed::openHalf);
    }

    private void restart() {
        tally.restarts++;
        if (durable) {
            server.restart(server.snapshot(), nanos(-200 * World.MILLIS, 500 * World.MILLIS));
            cutFeeds();
            return;
        }
        boolean empty = world.random.nextInt(3) == 0;
        long clockError = switch (world.random.nextInt(4)) {
            case 0 -> -(world.now() + nanos(0, 3_600_000 * World.MILLIS));
            case 1 -> nanos(0, 3_600_000 * World.MILLIS);
            default -> 0;
        };
        server.restart(empty ? null : snapshot, clockError);
        cutFeeds();
    }

    private void cutFeeds() {
        for (SimulatedNode node : nodes.get()) {
            node.link.feeds().forEach(feed -> feed.cut(nanos(World.MILLIS, 300 * World.MILLIS)));
        }
    }

    private void kill() {
        if (nodes.get().size() > LEAST_ALIVE) {
            tally.deaths++;
            on("is to die", SimulatedNode::kill);
            if (world.random.nextBoolean()) {
                world.after(nanos(World.MILLIS, 1_000 * World.MILLIS), () -> {
                    if (!healed) {
                        join.run();
                    }
                });
            }
        }
    }

    private void on(String what, Consumer<SimulatedNode> fault) {
        List<SimulatedNode> all = nodes.get();
        SimulatedNode node = all.get(world.random.nextInt(all.size()));
        world.trace.say(node, " ", what);
        fault.accept(node);
    }

    private void onFeed(String what, Consumer<Feed> fault) {
        on(what, node -> node.link.feeds().forEach(fault));
    }

    private long nanos(long least, long bound) {
        return world.random.nextLong(least, bound);
    }
}
