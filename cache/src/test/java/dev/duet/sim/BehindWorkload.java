package dev.duet.sim;

import dev.duet.LoadTimeoutException;
import dev.duet.PendingWrites;
import dev.duet.TwoLevelCache;
import dev.duet.WriteBehindFullException;
import dev.duet.sim.CacheUnderTest.LoadOrWriteFailed;
import dev.duet.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The application of a cache that writes behind: what it does and when, and how it loads. */
final class BehindWorkload {

    private final World world;
    private final BehindPlan plan;
    private final BehindHistory history;
    private final WrittenDatabase database;
    private final Tally tally;
    private final Map<SimulatedNode, TwoLevelCache<Integer, Long>> caches = new LinkedHashMap<>();
    private long values;
    private int running;
    private boolean failing;

    BehindWorkload(World world, BehindPlan plan, BehindHistory history, WrittenDatabase database, Tally tally) {
        this.world = world;
        this.plan = plan;
        this.history = history;
        this.database = database;
        this.tally = tally;
        this.failing = plan.faults > 0;
        this.values = plan.keys;
    }

    /** A node has started, with this cache. */
    void started(SimulatedNode node, TwoLevelCache<Integer, Long> cache) {
        caches.put(node, cache);
    }

    private TwoLevelCache<Integer, Long> cache(SimulatedNode node) {
        return Objects.requireNonNull(caches.get(node));
    }

    void heal() {
        failing = false;
    }

    /** Whether every operation has ended. */
    boolean isIdle() {
        return running == 0;
    }

    /** Does something, drawn from the seed, on a node. */
    void operate(SimulatedNode node) {
        int key = key();
        List<Integer> several = several();
        int dice = world.random.nextInt(plan.readMostly ? 70 : 0, 200);
        if (dice < 45) {
            put(node, List.of(key));
        } else if (dice < 57) {
            put(node, several);
        } else if (dice < 75) {
            remove(node, List.of(key));
        } else if (dice < 80) {
            remove(node, several);
        } else if (dice < 85) {
            strand(node, "invalidates all", () -> cache(node).invalidateAll());
        } else if (dice < 92) {
            read(node, "refreshes", key, () -> cache(node).refresh(key));
        } else if (dice < 98) {
            strand(node, "flushes", () -> flush(node));
        } else if (dice < 101) {
            strand(node, "retries", () -> tally.retried += pending(node).retryFailed());
        } else if (dice < 103) {
            strand(node, "looks at what is parked", () -> pending(node).failed());
        } else if (dice < 165) {
            read(node, "reads", key, () -> cache(node).get(key));
        } else if (dice < 185) {
            readAll(node, several);
        } else {
            peek(node, key);
        }
    }

    private PendingWrites<Integer, Long> pending(SimulatedNode node) {
        return cache(node).pendingWrites();
    }

    /** At least two, in any order. */
    private List<Integer> several() {
        Set<Integer> keys = new LinkedHashSet<>();
        keys.add(key());
        while (keys.size() < 2 || world.random.nextInt(3) == 0) {
            keys.add(world.random.nextInt(plan.keys));
        }
        return List.copyOf(keys);
    }

    /** Mostly the first key, so that operations meet. */
    private int key() {
        return world.random.nextInt(100) < 60 ? 0 : world.random.nextInt(plan.keys);
    }

    private void put(SimulatedNode node, List<Integer> keys) {
        Map<Integer, @Nullable Long> puts = new LinkedHashMap<>();
        keys.forEach(key -> puts.put(key, ++values));
        write(node, "puts", puts, () -> {
            if (keys.size() == 1) {
                cache(node).put(keys.get(0), Objects.requireNonNull(puts.get(keys.get(0))));
            } else {
                cache(node).putAll(puts);
            }
        });
    }

    private void remove(SimulatedNode node, List<Integer> keys) {
        Map<Integer, @Nullable Long> removals = new LinkedHashMap<>();
        keys.forEach(key -> removals.put(key, null));
        write(node, "removes", removals, () -> {
            if (keys.size() == 1) {
                cache(node).invalidate(keys.get(0));
            } else {
                cache(node).invalidateAll(keys);
            }
        });
    }

    private void write(SimulatedNode node, String name, Map<Integer, @Nullable Long> puts, Runnable call) {
        strand(node, name, () -> {
            world.trace.say(node, " ", name, " ", puts);
            BehindHistory.Attempt attempt = history.begins(node, puts);
            boolean well = false;
            try {
                call.run();
                well = true;
            } finally {
                history.ended(attempt, well && !node.isDead());
            }
            world.trace.say(node, " has written ", puts.keySet());
        });
    }

    private void flush(SimulatedNode node) {
        long began = world.now();
        long[] before = history.acknowledgedNow();
        boolean nothingLeft = pending(node).flush(Duration.ofMillis(world.random.nextInt(10) == 0 ? 5_000 : 300));
        node.checkAlive();
        world.trace.say(node, nothingLeft ? " has flushed" : " has not flushed all", ", asked at ", began / 1e6);
        if (nothingLeft) {
            history.flushed(node, began, before, database::row);
        }
    }

    /** Has what is parked tried again. */
    void retry(SimulatedNode node) {
        strand(node, "retries", () -> tally.retried += pending(node).retryFailed());
    }

    /** A read of one key. */
    interface One {
        @Nullable
        Long read() throws LoadOrWriteFailed;
    }

    void read(SimulatedNode node, String how, int key, One one) {
        strand(node, how, () -> {
            long began = world.now();
            long[] own = history.ownNow(node);
            Long value = one.read();
            node.checkAlive();
            history.read(node, key, began, own[key], value, how);
        });
    }

    private void readAll(SimulatedNode node, List<Integer> keys) {
        strand(node, "reads " + keys, () -> {
            tally.bulkReads++;
            long began = world.now();
            long[] own = history.ownNow(node);
            Map<Integer, Long> found = cache(node).getAll(keys);
            node.checkAlive();
            keys.forEach(key -> history.read(node, key, began, own[key], found.get(key), "reads with others"));
        });
    }

    private void peek(SimulatedNode node, int key) {
        strand(node, "peeks at", () -> {
            long began = world.now();
            long[] own = history.ownNow(node);
            Long value = cache(node).getIfPresent(key);
            node.checkAlive();
            if (value != null) {
                history.read(node, key, began, own[key], value, "peeks at");
            }
        });
    }

    /** Something that an application does. */
    interface Body {
        void run() throws LoadOrWriteFailed;
    }

    private void strand(SimulatedNode node, String name, Body body) {
        world.start(0, new Strand(node, name, () -> {
            running++;
            try {
                body.run();
            } catch (LoadOrWriteFailed | LoadTimeoutException | StoreUnavailableException e) {
                world.trace.say(node, " could not ", name, ": ", e.getMessage());
                if (plan.faults == 0
                        && e instanceof StoreUnavailableException) { // the database is slow, or fails, by itself
                    node.checkAlive();
                    history.violated("P5: " + node + " could not " + name + ": " + e);
                }
            } catch (WriteBehindFullException e) {
                tally.rejected++;
                world.trace.say(node, " could not ", name, ": ", e.getMessage());
            } catch (RuntimeException e) {
                history.violated("P5: " + node + " could not " + name + ": " + e);
            } finally {
                running--;
            }
        }));
    }

    /** How a node loads. */
    CacheUnderTest.Loader loader(SimulatedNode node) {
        return new CacheUnderTest.Loader() {
            @Override
            public @Nullable Long load(int key) throws LoadOrWriteFailed {
                return loadAll(Set.of(key)).get(key);
            }

            @Override
            public Map<Integer, Long> loadAll(Set<? extends Integer> keys) throws LoadOrWriteFailed {
                return loadRows(node, new ArrayList<>(keys));
            }
        };
    }

    private Map<Integer, Long> loadRows(SimulatedNode node, List<Integer> keys) throws LoadOrWriteFailed {
        tally.loads += keys.size();
        world.sleep(loadTime());
        if (failing && (database.loadsFail() || world.random.nextInt(40) == 0)) {
            throw new LoadOrWriteFailed("the database does not answer");
        }
        Map<Integer, Long> found = new LinkedHashMap<>();
        for (Integer key : keys) {
            WrittenDatabase.Row row = database.row(key);
            world.trace.say(node, " loads ", row, " of key ", key);
            if (row.value() != null) {
                found.put(key, row.value());
            }
        }
        world.sleep(loadTime());
        return found;
    }

    private long loadTime() {
        int dice = world.random.nextInt(100);
        return dice < 88
                ? world.random.nextInt(50, 3_000) * World.MICROS
                : world.random.nextInt(3, dice < 98 ? 100 : 1_500) * World.MILLIS;
    }

    /** Adds what the caches have counted. */
    void count() {
        caches.values().forEach(cache -> {
            var stats = cache.stats().writeBehind();
            tally.acknowledged += stats.acknowledged();
            tally.coalesced += stats.coalesced();
            tally.flushed += stats.flushed();
            tally.late += stats.late();
            tally.failedWrites += stats.failures();
            tally.lostWrites += stats.lost();
        });
    }
}
