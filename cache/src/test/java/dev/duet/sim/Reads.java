package dev.duet.sim;

import dev.duet.LoadTimeoutException;
import dev.duet.sim.CacheUnderTest.Found;
import dev.duet.sim.CacheUnderTest.LoadOrWriteFailed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the application reads, in all the ways there are, each told to the {@link History}. On strands of a node. */
final class Reads {

    private final World world;
    private final Plan plan;
    private final History history;
    private final Tally tally;
    private final List<Dropped> dropped = new ArrayList<>();

    Reads(World world, Plan plan, History history, Tally tally) {
        this.world = world;
        this.plan = plan;
        this.history = history;
        this.tally = tally;
    }

    /** A read that nobody waits for; it must end all the same. */
    private record Dropped(SimulatedNode node, CompletableFuture<?> result) {}

    /** Whether all have ended that nobody waits for. */
    boolean haveEnded() {
        dropped.removeIf(read -> read.node.isDead() || read.result.isDone());
        return dropped.isEmpty();
    }

    /** Reads a key. */
    void one(SimulatedNode node, int key) {
        Read read = new Read(node, List.of(key), "reads", true);
        try {
            Found found = plan.rich && world.random.nextBoolean()
                    ? cache(node).entry(key)
                    : somehow(cache(node).get(key));
            read.found(found == null ? Map.of() : Map.of(key, found));
        } catch (LoadOrWriteFailed | LoadTimeoutException e) {
            read.failed(e);
        }
    }

    /** Reads several keys by one call. */
    void all(SimulatedNode node, List<Integer> keys) {
        tally.bulkReads++;
        Read read = new Read(node, keys, "reads with others", true);
        try {
            Map<Integer, Found> found = new LinkedHashMap<>();
            cache(node).getAll(keys).forEach((key, version) -> found.put(key, Found.somehow(version)));
            read.found(found);
        } catch (LoadOrWriteFailed | LoadTimeoutException e) {
            read.failed(e);
        }
    }

    /** Begins to read, and looks later what came of it; or never, if it {@code drops} that. */
    void async(SimulatedNode node, List<Integer> keys, boolean drops) {
        tally.asyncReads++;
        Read read = new Read(node, keys, drops ? "drops" : "has read", true);
        world.trace.say(node, " begins to read keys ", keys, drops ? ", and drops that" : "");
        CompletableFuture<Map<Integer, Found>> result = cache(node).readAsync(keys);
        if (drops) {
            dropped.add(new Dropped(node, result));
            CompletableFuture<?> unused = result.whenComplete(read::ended);
            return;
        }
        try {
            if (world.random.nextBoolean()) {
                world.sleep(world.random.nextInt(300) * World.MILLIS);
            }
            read.found(await(result));
        } catch (LoadOrWriteFailed | LoadTimeoutException e) {
            read.failed(e);
        }
    }

    /** Reads without loading, and says what was found. */
    @Nullable
    Long look(SimulatedNode node, int key) {
        Read read = new Read(node, List.of(key), "peeks at", false);
        Found found = plan.rich && world.random.nextBoolean()
                ? cache(node).entryIfPresent(key)
                : somehow(cache(node).getIfPresent(key));
        if (found == null) {
            return null;
        }
        read.found(Map.of(key, found));
        return found.version();
    }

    /** Waits for a result on the current strand. */
    <T> T await(CompletableFuture<T> result) throws LoadOrWriteFailed {
        try {
            return world.await(result, Long.MAX_VALUE);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LoadOrWriteFailed failed) {
                throw failed;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CacheUnderTest cache(SimulatedNode node) {
        return Objects.requireNonNull(node.cache());
    }

    private static @Nullable Found somehow(@Nullable Long version) {
        return version == null ? null : Found.somehow(version);
    }

    /** A read of some keys, from its beginning on. */
    private final class Read {
        private final SimulatedNode node;
        private final List<Integer> keys;
        private final String how;
        /** Whether it may get what was found for a read that began before it. */
        private final boolean joins;

        private final long began = world.now();
        private final long[] own;

        Read(SimulatedNode node, List<Integer> keys, String how, boolean joins) {
            this.node = node;
            this.keys = keys;
            this.how = how;
            this.joins = joins;
            this.own = node.written.clone();
        }

        void found(Map<Integer, Found> found) {
            for (int key : keys) {
                Found one = found.get(key);
                if (one == null) {
                    history.violated("P5: " + node + " " + how + " nothing for key " + key);
                } else {
                    history.read(node, key, began, own[key], one, how, joins);
                }
            }
        }

        void failed(Exception e) {
            node.checkAlive();
            world.trace.say(node, " reads nothing for keys ", keys, ": ", e.getMessage());
            if (e instanceof LoadTimeoutException) {
                history.readTimedOut(node, keys, began);
            } else {
                history.readFailed(node, keys, began);
            }
        }

        void ended(@Nullable Map<Integer, Found> found, @Nullable Throwable failure) {
            if (node.isDead()) {
                return;
            }
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (found != null) {
                found(found);
            } else if (cause instanceof LoadOrWriteFailed || cause instanceof LoadTimeoutException) {
                failed((Exception) cause);
            } else {
                history.violated("P5: " + node + " could not read keys " + keys + ": " + cause);
            }
        }
    }
}
