package dev.duet.sim;

import dev.duet.internal.Waiting;
import dev.duet.local.CoarseClock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A process: its clock, its threads' fate, its way to the store, and the cache that it runs. */
final class SimulatedNode {

    /** How far the published time of a node's clock lags behind at most, as long as the node is not paused. */
    static final long GRANULARITY = 10 * World.MILLIS;

    final World world;
    final String name;
    final Link link;
    final CoarseClock clock;
    final SimulatedScheduler scheduler;
    /** By key, the newest version that this node has written itself, in operations that have ended. */
    final long[] written;

    private final List<World.Event> backlog = new ArrayList<>();
    private boolean paused;
    private boolean dead;
    private final boolean calm;
    private boolean clockStandsStill;
    private long published = -1;
    private @Nullable CacheUnderTest cache;

    SimulatedNode(World world, String name, Server server, Network network, Plan plan, Guards guards) {
        this.world = world;
        this.name = name;
        this.calm = plan.faults == 0;
        this.written = new long[plan.keys];
        this.clock = CoarseClock.manual(() -> published >= 0 ? published : world.now());
        this.scheduler = new SimulatedScheduler(world, this);
        this.link = new Link(world, this, server, network, guards);
        Arrays.fill(written, Database.FIRST);
    }

    /** The node's monotonic clock, in nanoseconds. */
    long monotonic() {
        return world.now();
    }

    /** The cache, or null as long as the node is starting. */
    @Nullable
    CacheUnderTest cache() {
        return cache;
    }

    void started(CacheUnderTest newCache) {
        cache = newCache;
    }

    boolean isDead() {
        return dead;
    }

    boolean isPaused() {
        return paused;
    }

    boolean serves() {
        return !dead && cache != null;
    }

    /** Stops all of the process, as a signal does, for so long. */
    void pause(long nanos) {
        if (!paused && !dead) {
            paused = true;
            world.trace.say(name, " is stopped for ", nanos / World.MILLIS, " ms");
            world.after(nanos, this::resume);
        }
    }

    /** Lets the process go on; what came for it meanwhile, it finds now, in its order. */
    void resume() {
        if (paused && !dead) {
            paused = false;
            world.trace.say(name, " goes on");
            replayBacklog();
        }
    }

    /** Ends the process, and unwinds its threads, which can do nothing any more. */
    void kill() {
        if (!dead) {
            dead = true;
            world.trace.say(name, " is killed");
            link.die();
            replayBacklog();
            world.unwind(this);
        }
    }

    private void replayBacklog() {
        List<World.Event> all = List.copyOf(backlog);
        backlog.clear();
        all.forEach(world::again);
    }

    /** Whether something may happen on this node now; if not, it is kept for later, or dropped. */
    boolean takes(World.Event event) {
        if (dead) {
            return event.strand != null && event.strand.hand != null; // it is to unwind
        }
        if (paused) {
            backlog.add(event);
            return false;
        }
        enter();
        return true;
    }

    /** Publishes the time as the ticking thread of the clock would have done by now. */
    void enter() {
        if (!clockStandsStill) {
            published = world.now() - world.now() % GRANULARITY;
            clock.tick();
            published = -1;
        }
    }

    /** Breaks this node's clock, as a guard that is taken out. */
    void stopClock() {
        clockStandsStill = true;
    }

    void checkAlive() {
        if (dead) {
            throw new NodeDied();
        }
    }

    /** How long a thread takes to go on after what it waited for is there: mostly no time, now and then very long. */
    long hesitation() {
        int dice = world.random.nextInt(1_000);
        if (dice < 900 || calm) {
            return world.random.nextInt(100) * World.MICROS;
        }
        return dice < 996 ? world.random.nextInt(30_000) * World.MICROS : world.random.nextInt(1_200) * World.MILLIS;
    }

    /** How this node's threads wait. */
    Waiting waiting() {
        return new Waiting() {
            @Override
            public <T> T await(CompletableFuture<T> result, long nanos)
                    throws InterruptedException, ExecutionException, TimeoutException {
                return world.await(result, nanos);
            }

            @Override
            public CompletableFuture<@Nullable Void> pause(long nanos) {
                CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
                world.after(nanos, SimulatedNode.this, () -> over.complete(null));
                return over;
            }
        };
    }

    /** Starts a thread of this node for each task. */
    Executor background() {
        return task -> world.start(hesitation(), new Strand(this, "background", task));
    }

    @Override
    public String toString() {
        return name;
    }
}
