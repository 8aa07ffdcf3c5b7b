package dev.duet.sim;

import dev.duet.sim.CacheUnderTest.LoadOrWriteFailed;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The application: what it reads and writes through its cache, and how it loads. */
final class Workload {

    private final World world;
    private final Plan plan;
    private final Server server;
    private final Database database;
    private final History history;
    private final Loads loads;
    private final BooleanSupplier mayKill;
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
            BooleanSupplier mayKill) {
        this.world = world;
        this.plan = plan;
        this.server = server;
        this.database = database;
        this.history = history;
        this.loads = loads;
        this.mayKill = mayKill;
        this.failing = plan.faults > 0;
        for (int key = 0; key < plan.keys; key++) {
            writers.add(new ArrayList<>());
        }
    }

    /** Lets loaders and writes succeed from now on. */
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
        int dice = world.random.nextInt(100);
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
            writeAside(node, key);
        } else {
            writeAndPut(node, key);
        }
    }

    /** Mostly the first key, so that operations meet. */
    private int key() {
        return world.random.nextInt(100) < 60 ? 0 : world.random.nextInt(plan.keys);
    }

    private List<Integer> pair(int key) {
        int other = (key + 1 + world.random.nextInt(plan.keys - 1)) % plan.keys;
        return isExclusive(other) ? List.of(key) : List.of(key, other);
    }

    void invalidate(SimulatedNode node, int key) {
        strand(node, "invalidate", () -> cache(node).invalidate(key));
    }

    private void strand(SimulatedNode node, String name, Runnable body) {
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

    private static CacheUnderTest cache(SimulatedNode node) {
        return Objects.requireNonNull(node.cache());
    }

    void read(SimulatedNode node, int key) {
        strand(node, "reads", () -> {
            long began = world.now();
            long own = node.written[key];
            try {
                Long version = cache(node).get(key);
                if (version == null) {
                    history.violated("P5: " + node + " reads nothing for key " + key);
                } else {
                    history.read(node, key, began, own, version, "reads");
                }
            } catch (LoadOrWriteFailed e) {
                world.trace.say(node, " reads nothing for key ", key, ": ", e.getMessage());
            }
        });
    }

    private void peek(SimulatedNode node, int key) {
        strand(node, "peeks at", () -> look(node, key));
    }

    /** Reads without loading, and says what was found. */
    @Nullable
    Long look(SimulatedNode node, int key) {
        long began = world.now();
        long own = node.written[key];
        Long version = cache(node).getIfPresent(key);
        if (version != null) {
            history.read(node, key, began, own, version, "peeks at");
        }
        return version;
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

    private void writeAside(SimulatedNode node, int key) {
        List<History.Write> done = new ArrayList<>();
        int fate = fate();
        writing(node, "writes aside", List.of(key), done, () -> {
            done.add(commit(node, key));
            fail(node, fate == 0 ? -1 : fate, 3);
            world.sleep(100 * World.MICROS);
            cache(node).invalidate(key);
        });
    }

    /** Nobody else writes the key until the put has arrived or is lost, or it would be a race in the application. */
    private void writeAndPut(SimulatedNode node, int key) {
        if (writers.get(key).stream().anyMatch(Claim::stands)) {
            read(node, key);
            return;
        }
        List<History.Write> done = new ArrayList<>();
        Claim claim = writing(node, "writes and puts", List.of(key), done, () -> {
            History.Write write = commit(node, key);
            done.add(write);
            world.sleep(100 * World.MICROS);
            cache(node).put(key, write.version);
        });
        claim.exclusive = true;
    }

    private boolean isExclusive(int key) {
        return server.hasPutUnderWay(key)
                || writers.get(key).stream().anyMatch(claim -> claim.exclusive && claim.stands());
    }

    private Claim writing(
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
    private static final class Claim {
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
            if (mayKill.getAsBoolean()) {
                node.kill();
                node.checkAlive();
            }
        }
    }

    private long writeTime() {
        int dice = world.random.nextInt(plan.slowWriters ? 85 : 0, 100);
        if (dice < 80) {
            return world.random.nextInt(50, 5_000) * World.MICROS;
        }
        return dice < 93
                ? world.random.nextInt(10, 400) * World.MILLIS
                : world.random.nextInt(500, 2_500) * World.MILLIS;
    }

    /** Loads a row, as it is at one instant in the middle. */
    long load(SimulatedNode node, int key) throws LoadOrWriteFailed {
        loads.began(key);
        world.sleep(loadTime());
        if (failing && world.random.nextInt(40) == 0) {
            throw new LoadOrWriteFailed("the database does not answer");
        }
        long version = database.select(key);
        world.trace.say(node, " loads version ", version, " of key ", key);
        world.sleep(loadTime());
        return version;
    }

    private long loadTime() {
        int dice = world.random.nextInt(100);
        if (dice < 85) {
            return world.random.nextInt(50, 3_000) * World.MICROS;
        }
        return dice < 97
                ? world.random.nextInt(3, 100) * World.MILLIS
                : world.random.nextInt(100, 1_500) * World.MILLIS;
    }
}
