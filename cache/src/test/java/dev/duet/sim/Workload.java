package dev.duet.sim;

import dev.duet.LoadTimeoutException;
import dev.duet.sim.CacheUnderTest.LoadOrWriteFailed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The application: what it does with its cache and when, how it writes, and how it loads. */
final class Workload {

    private final World world;
    private final Plan plan;
    private final Server server;
    private final Database database;
    private final History history;
    private final Loads loads;
    private final Reads reads;
    private final Tally tally;
    private final BooleanSupplier mayKill;
    private final Runnable join;
    private final AnnouncedWrites announced;
    private final List<List<Claim>> writers = new ArrayList<>();
    private int running;
    private boolean failing;

    Workload(
            World world,
            Plan plan,
            Server server,
            Database database,
            History history,
            Loads loads,
            Reads reads,
            Tally tally,
            BooleanSupplier mayKill,
            Runnable join) {
        this.world = world;
        this.plan = plan;
        this.server = server;
        this.database = database;
        this.history = history;
        this.loads = loads;
        this.reads = reads;
        this.tally = tally;
        this.mayKill = mayKill;
        this.join = join;
        this.announced = new AnnouncedWrites(world, plan, server, database, history, reads, tally, this);
        this.failing = plan.faults > 0;
        for (int key = 0; key < plan.keys; key++) {
            writers.add(new ArrayList<>());
        }
    }

    /** Lets loaders and writes succeed from now on. */
    void heal() {
        failing = false;
        announced.heal();
    }

    /** Whether loaders and writes may fail. */
    boolean isFailing() {
        return failing;
    }

    /** Whether every operation has ended. */
    boolean isIdle() {
        return running == 0 && reads.haveEnded();
    }

    /** Does something, drawn from the seed, on a node. */
    void operate(SimulatedNode node) {
        if (plan.announces && world.random.nextInt(100) < (plan.readMostly ? 10 : 25)) {
            List<Integer> keys = world.random.nextInt(5) < 2 ? List.of(key()) : several();
            if (keys.stream().anyMatch(this::isExclusive)) {
                readAll(node, keys);
            } else {
                announced.operate(node, keys);
            }
            return;
        }
        if (plan.rich && world.random.nextInt(3) == 0) {
            operateRichly(node);
            return;
        }
        int key = key();
        int dice = dice(70);
        if (dice < 62) {
            read(node, key);
        } else if (dice < 70) {
            peek(node, key);
        } else if (dice < 73) {
            invalidate(node, key);
        } else if (dice < 74) {
            strand(node, "invalidateAll", () -> cache(node).invalidateAll());
        } else if (isExclusive(key)) {
            read(node, key);
        } else if (dice < 88) {
            update(node, List.of(key));
        } else if (dice < 92) {
            update(node, pair(key));
        } else if (dice < 97) {
            writeAside(node, List.of(key));
        } else {
            writeAndPut(node, List.of(key));
        }
    }

    /** As {@link #operate}, several keys at a time or without a thread that waits from the start. */
    private void operateRichly(SimulatedNode node) {
        List<Integer> keys = several();
        int dice = dice(75);
        if (dice < 35) {
            readAll(node, keys);
        } else if (dice < 50) {
            readAsync(node, keys);
        } else if (dice < 75) {
            readAsync(node, List.of(key()));
        } else if (dice < 80) {
            invalidateAll(node, keys);
        } else if (keys.stream().anyMatch(this::isExclusive)) {
            readAll(node, keys);
        } else if (dice < 92) {
            writeAside(node, keys);
        } else {
            writeAndPut(node, keys);
        }
    }

    /** From 0 to 99; seldom {@code writes} or more, if writes are to be few. */
    private int dice(int writes) {
        return world.random.nextInt(plan.readMostly && world.random.nextInt(6) > 0 ? writes : 100);
    }

    /** At least two, in any order. */
    private List<Integer> several() {
        Set<Integer> keys = new LinkedHashSet<>();
        keys.add(key());
        int more = world.random.nextInt(1, plan.keys);
        for (int i = 0; i < more || keys.size() < 2; i++) {
            keys.add(world.random.nextInt(plan.keys));
        }
        return List.copyOf(keys);
    }

    /** Mostly the first key, so that operations meet. */
    private int key() {
        return world.random.nextInt(100) < 60 ? 0 : world.random.nextInt(plan.keys);
    }

    private List<Integer> pair(int key) {
        int other = (key + 1 + world.random.nextInt(plan.keys - 1)) % plan.keys;
        return isExclusive(other) ? List.of(key) : List.of(key, other);
    }

    /** Drops what is cached of a key, of which nothing is known. */
    void drop(SimulatedNode node, int key) {
        strand(node, "drop", () -> {
            try {
                cache(node).drop(key);
            } catch (LoadOrWriteFailed | LoadTimeoutException e) {
                world.trace.say(node, " has dropped key ", key, ", and cannot load it");
            }
        });
    }

    private void invalidate(SimulatedNode node, int key) {
        if (plan.writesThrough) {
            announced.through(node, List.of(key));
            return;
        }
        strand(node, "invalidate", () -> cache(node).invalidate(key));
    }

    private void invalidateAll(SimulatedNode node, List<Integer> keys) {
        if (plan.writesThrough) {
            announced.through(node, keys);
            return;
        }
        strand(node, "invalidate " + keys, () -> cache(node).invalidateAll(keys));
    }

    void strand(SimulatedNode node, String name, Runnable body) {
        world.start(0, new Strand(node, name, () -> {
            running++;
            try {
                body.run();
            } catch (RuntimeException e) {
                history.violated("P5: " + node + " could not " + name + ": " + e);
            } finally {
                running--;
            }
        }));
    }

    static CacheUnderTest cache(SimulatedNode node) {
        return Objects.requireNonNull(node.cache());
    }

    void read(SimulatedNode node, int key) {
        strand(node, "reads", () -> reads.one(node, key));
    }

    private void readAll(SimulatedNode node, List<Integer> keys) {
        strand(node, "reads " + keys, () -> reads.all(node, keys));
    }

    private void readAsync(SimulatedNode node, List<Integer> keys) {
        boolean drops = world.random.nextInt(4) == 0;
        strand(node, "begins to read " + keys, () -> reads.async(node, keys, drops));
    }

    private void peek(SimulatedNode node, int key) {
        strand(node, "peeks at", () -> reads.look(node, key));
    }

    private void update(SimulatedNode node, List<Integer> keys) {
        List<History.Write> done = new ArrayList<>();
        int fate = fate();
        writing(node, "updates", keys, done, () -> {
            CacheUnderTest.Write write = () -> {
                world.sleep(writeTime());
                fail(node, fate, 0);
                keys.forEach(key -> done.add(commit(node, key)));
                fail(node, fate, 2);
                world.sleep(writeTime());
            };
            if (keys.size() == 1) {
                cache(node).update(keys.get(0), write);
            } else {
                cache(node).updateAll(keys, write);
            }
        });
    }

    private void writeAside(SimulatedNode node, List<Integer> keys) {
        if (plan.writesThrough) {
            announced.through(node, keys);
            return;
        }
        List<History.Write> done = new ArrayList<>();
        int fate = fate();
        boolean async = plan.rich && world.random.nextInt(3) == 0;
        writing(node, "writes aside", keys, done, () -> {
            keys.forEach(key -> done.add(commit(node, key)));
            fail(node, fate == 0 ? -1 : fate, 3);
            world.sleep(100 * World.MICROS);
            if (async) {
                reads.await(cache(node).invalidateAsync(keys));
            } else if (keys.size() == 1) {
                cache(node).invalidate(keys.get(0));
            } else {
                cache(node).invalidateAll(keys);
            }
        });
    }

    /** Nobody else writes the keys until the puts have arrived or are lost, or it would be a race in the application. */
    private void writeAndPut(SimulatedNode node, List<Integer> keys) {
        if (plan.writesThrough) {
            announced.through(node, keys);
            return;
        }
        if (keys.stream().anyMatch(key -> writers.get(key).stream().anyMatch(Claim::stands))) {
            read(node, keys.get(0));
            return;
        }
        List<History.Write> done = new ArrayList<>();
        Claim claim = writing(node, "writes and puts", keys, done, () -> {
            Map<Integer, Long> versions = new LinkedHashMap<>();
            for (int key : keys) {
                History.Write write = commit(node, key);
                done.add(write);
                versions.put(key, write.version);
            }
            world.sleep(100 * World.MICROS);
            if (keys.size() == 1) {
                cache(node).put(keys.get(0), done.get(0).version);
            } else {
                cache(node).putAll(versions);
            }
        });
        claim.exclusive = true;
    }

    private boolean isExclusive(int key) {
        return server.hasPutUnderWay(key)
                || writers.get(key).stream().anyMatch(claim -> claim.exclusive && claim.stands());
    }

    /** Plans and makes a write of the keys. */
    Claim writing(
            SimulatedNode node,
            String name,
            List<Integer> keys,
            List<History.Write> done,
            CacheUnderTest.Write operation) {
        Claim claim = new Claim(node);
        keys.forEach(key -> writers.get(key).add(claim));
        strand(node, name, () -> {
            world.trace.say(node, " ", name, " keys ", keys);
            try {
                operation.run();
            } catch (LoadOrWriteFailed e) {
                world.trace.say(node, " failed to write keys ", keys, ": ", e.getMessage());
            } finally {
                claim.ended = true;
            }
            node.checkAlive(); // the failure of the write may have hidden that
            boolean owesNothing = cache(node).owesNothing();
            world.trace.say(node, " has written keys ", keys, owesNothing ? "" : ", and owes something");
            done.forEach(write -> history.ended(write, owesNothing));
        });
        return claim;
    }

    /** A write that is planned or under way. */
    static final class Claim {
        final SimulatedNode node;
        boolean exclusive;
        boolean ended;

        Claim(SimulatedNode node) {
            this.node = node;
        }

        boolean stands() {
            return !ended && !node.isDead();
        }
    }

    private History.Write commit(SimulatedNode node, int key) {
        Strand strand = Objects.requireNonNull(world.current());
        return history.committed(node, key, database.commit(key), strand.token);
    }

    /** What is to go wrong: 0 fails before the commit, 1 dies there, 2 fails after it, 3 dies there; others nothing. */
    private int fate() {
        return failing ? world.random.nextInt(plan.slowWriters ? 20 : 60) : -1;
    }

    private void fail(SimulatedNode node, int fate, int failure) throws LoadOrWriteFailed {
        if (fate == failure && failure != 3) {
            throw new LoadOrWriteFailed(failure == 0 ? "no commit" : "committed, but nobody knows");
        }
        if (fate == failure + 1 || (failure == 3 && fate == 3)) {
            die(node);
        }
    }

    /** Kills the node of the current strand, if that may be. */
    void die(SimulatedNode node) {
        kill(node);
        node.checkAlive();
    }

    /** Kills a node, if that may be. */
    void kill(SimulatedNode node) {
        if (!node.isDead() && mayKill.getAsBoolean()) {
            tally.deaths++;
            node.kill();
            if (plan.announces && world.random.nextInt(4) > 0) {
                world.after(world.random.nextInt(1, 1_000) * World.MILLIS, () -> {
                    if (failing) {
                        join.run();
                    }
                });
            }
        }
    }

    /** How long a part of a write takes. */
    long writeTime() {
        int dice = world.random.nextInt(plan.slowWriters ? 85 : 0, 100);
        if (dice < 80) {
            return world.random.nextInt(50, 5_000) * World.MICROS;
        }
        return dice < 93
                ? world.random.nextInt(10, 400) * World.MILLIS
                : world.random.nextInt(500, 2_500) * World.MILLIS;
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
                return loadRows(node, keys);
            }

            @Override
            public void write(Map<Integer, @Nullable Long> values) throws LoadOrWriteFailed {
                announced.write(values);
            }
        };
    }

    /** Loads rows, as they are at one instant in the middle. */
    private Map<Integer, Long> loadRows(SimulatedNode node, Set<? extends Integer> keys) throws LoadOrWriteFailed {
        Strand strand = Objects.requireNonNull(world.current());
        keys.forEach(loads::began);
        try {
            world.sleep(loadTime());
            if (failing && (database.isDown(world.now()) || world.random.nextInt(40) == 0)) {
                world.trace.say(node, " cannot load keys ", keys);
                strand.failed.addAll(keys);
                throw new LoadOrWriteFailed("the database does not answer");
            }
            Map<Integer, Long> versions = new LinkedHashMap<>();
            for (Integer key : keys) {
                if (strand.rows != null) {
                    versions.put(key, Objects.requireNonNull(strand.rows.get(key)));
                    continue;
                }
                long version = database.select(key);
                versions.put(key, version);
                history.loaded(key, version);
                world.trace.say(node, " loads version ", version, " of key ", key);
            }
            world.sleep(loadTime());
            return versions;
        } finally {
            // What failed before this load, by the same call of the cache, is told to those who wait for it after it.
            strand.failed.forEach(history::failed);
        }
    }

    private long loadTime() {
        if (plan.slowLoads && world.random.nextInt(100) < 60) {
            return world.random.nextInt(5, 120) * World.MILLIS;
        }
        int dice = world.random.nextInt(100);
        if (dice < 85) {
            return world.random.nextInt(50, 3_000) * World.MICROS;
        }
        return dice < 97
                ? world.random.nextInt(3, 100) * World.MILLIS
                : world.random.nextInt(100, 1_500) * World.MILLIS;
    }
}
