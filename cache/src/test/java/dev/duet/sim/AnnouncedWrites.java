package dev.duet.sim;

import dev.duet.LoadTimeoutException;
import dev.duet.sim.CacheUnderTest.LoadOrWriteFailed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The writes that the application announces, in all the ways there are: of one key or several, by itself or through the
 * cache's writer, on a thread that waits or not. Whatever way it takes, all keys of a transaction change at one moment.
 */
final class AnnouncedWrites {

    private final World world;
    private final Plan plan;
    private final Server server;
    private final Database database;
    private final History history;
    private final Reads reads;
    private final Tally tally;
    private final Workload workload;
    /** What was written through, by what is written. */
    private final Map<Long, Made> byDraft = new HashMap<>();

    private final List<Forgotten> forgotten = new ArrayList<>();

    AnnouncedWrites(
            World world,
            Plan plan,
            Server server,
            Database database,
            History history,
            Reads reads,
            Tally tally,
            Workload workload) {
        this.world = world;
        this.plan = plan;
        this.server = server;
        this.database = database;
        this.history = history;
        this.reads = reads;
        this.tally = tally;
        this.workload = workload;
    }

    /** What becomes of a write. */
    private enum Fate {
        FAILS_BEFORE_COMMIT,
        DIES_BEFORE_COMMIT,
        FAILS_AFTER_COMMIT,
        DIES_AFTER_COMMIT,
        /** As the one before, and takes longer than its first term until it commits. */
        DIES_LATE,
        /** The store evicts an intent after the commit, and the write goes on until that has been found out. */
        LOSES_ITS_INTENT,
        /** Also in the middle of its announcement or completion. */
        DIES_AT_ANY_MOMENT,
        ROLLS_BACK,
        /** The application forgets to close it, but keeps it: it is renewed until everything heals. */
        FORGOTTEN,
        /** The application forgets it altogether: it runs out. */
        COLLECTED,
        SUCCEEDS
    }

    /** A write, from when it is announced. */
    static final class Made {
        private final SimulatedNode node;
        private final List<Integer> keys;
        private final Fate fate;
        /** Which call of a writer that writes the keys one by one meets that fate. */
        private final int fatalCall;
        /** By key, what is to be written; without those of which only the database knows. */
        private final Map<Integer, Long> drafts = new LinkedHashMap<>();

        private final List<History.Write> done = new ArrayList<>();
        private @Nullable Strand announcer;
        private int calls;

        private Made(SimulatedNode node, List<Integer> keys, Fate fate, int fatalCall) {
            this.node = node;
            this.keys = keys;
            this.fate = fate;
            this.fatalCall = fatalCall;
        }
    }

    /** An intent that was not closed, and what was written under it. */
    private record Forgotten(
            SimulatedNode node, CacheUnderTest.Intent intent, List<History.Write> done, boolean kept) {}

    /** Makes some write. */
    void operate(SimulatedNode node, List<Integer> keys) {
        int dice = world.random.nextInt(100);
        if (plan.writesThrough && dice < 50) {
            through(node, keys);
            return;
        }
        int way = world.random.nextInt(100);
        if (way < 45) {
            transact(node, keys);
        } else if (way < 60) {
            updateAll(node, keys);
        } else if (way < 80) {
            updateAndPut(node, keys.get(0));
        } else {
            updateAsync(node, keys);
        }
    }

    /** Closes what was forgotten. */
    void heal() {
        for (Forgotten one : forgotten) {
            if (one.kept && !one.node.isDead()) {
                workload.strand(one.node, "closes at last", () -> {
                    one.intent.close();
                    boolean owesNothing = Workload.cache(one.node).owesNothing();
                    one.done.forEach(write -> history.ended(write, owesNothing));
                });
            }
        }
    }

    private Made made(SimulatedNode node, List<Integer> keys) {
        Fate[] fates = Fate.values();
        int dice = workload.isFailing() ? world.random.nextInt(plan.slowWriters ? 30 : 60) : fates.length;
        Fate fate = fates[Math.min(dice, fates.length - 1)];
        int calls = plan.writesThrough && !plan.bulkWriter ? keys.size() : 1;
        return new Made(node, keys, fate, world.random.nextInt(calls));
    }

    /** A transaction that announces all of its keys first, and may read in between. */
    private void transact(SimulatedNode node, List<Integer> keys) {
        Made made = made(node, keys);
        boolean looks = plan.faults > 0 && world.random.nextInt(3) == 0;
        workload.writing(node, "writes in a transaction", keys, made.done, () -> {
            Strand strand = begin(made);
            CacheUnderTest.Intent intent = Workload.cache(node).beginWrite(keys);
            boolean closes = true;
            try {
                if (looks) {
                    look(made, strand);
                }
                if (made.fate == Fate.ROLLS_BACK) {
                    takeTime();
                    world.trace.say(node, " rolls back");
                    tally.rollbacks++;
                } else {
                    write(made, keys);
                }
                if (looks) {
                    look(made, strand);
                }
                closes = !workload.isFailing() || (made.fate != Fate.FORGOTTEN && made.fate != Fate.COLLECTED);
            } finally {
                strand.rows = null;
                if (closes) {
                    intent.close();
                } else {
                    forget(made, intent, strand);
                }
            }
        });
    }

    /** Reads what this transaction sees: its own rows as it is about to write them, others as they were. */
    private void look(Made made, Strand strand) {
        if (strand.rows == null) {
            strand.rows = new HashMap<>();
            for (int key = 0; key < plan.keys; key++) {
                strand.rows.put(key, database.select(key));
            }
            for (int key : made.keys) {
                long draft = database.draft();
                made.drafts.put(key, draft);
                strand.rows.put(key, draft);
            }
        }
        for (int key : List.of(made.keys.get(0), world.random.nextInt(plan.keys))) {
            try {
                Long found = Workload.cache(made.node).get(key);
                world.trace.say(made.node, " finds ", found, " for key ", key, " in its transaction");
            } catch (LoadOrWriteFailed | LoadTimeoutException e) {
                world.trace.say(made.node, " finds nothing for key ", key, " in its transaction");
            }
        }
    }

    private void forget(Made made, CacheUnderTest.Intent intent, Strand strand) {
        boolean kept = made.fate == Fate.FORGOTTEN;
        world.trace.say(made.node, " forgets to close ", strand.token, kept ? "" : ", which is collected");
        tally.forgotten++;
        forgotten.add(new Forgotten(made.node, intent, List.copyOf(made.done), kept));
        if (!kept) {
            made.done.forEach(write -> write.forgotten = true);
            if (strand.token != null) {
                made.node.link.forget(strand.token);
            }
        }
        made.done.clear(); // nobody has been told that these have ended
    }

    private void updateAll(SimulatedNode node, List<Integer> keys) {
        Made made = made(node, keys);
        workload.writing(node, "updates together", keys, made.done, () -> {
            begin(made);
            Workload.cache(node).updateAll(keys, () -> write(made, keys));
        });
    }

    private void updateAndPut(SimulatedNode node, int key) {
        Made made = made(node, List.of(key));
        workload.writing(node, "updates and puts", made.keys, made.done, () -> {
            begin(made);
            Workload.cache(node).updateAndPut(key, () -> writeReturning(made));
        });
    }

    private void updateAsync(SimulatedNode node, List<Integer> several) {
        boolean keeps = world.random.nextBoolean();
        Made made = made(node, keeps ? several.subList(0, 1) : several);
        workload.writing(node, "begins to update", made.keys, made.done, () -> {
            begin(made);
            reads.await(Workload.cache(node).updateAsync(made.keys, keeps, () -> {
                CompletableFuture<Long> written = new CompletableFuture<>();
                node.background().execute(() -> {
                    try {
                        written.complete(writeReturning(made));
                    } catch (LoadOrWriteFailed e) {
                        written.completeExceptionally(e);
                    }
                });
                return written;
            }));
        });
    }

    /** Writes through the cache, or removes; whatever that is, rows have their next version. */
    void through(SimulatedNode node, List<Integer> keys) {
        Made made = made(node, keys);
        boolean removes = world.random.nextInt(5) == 0;
        boolean async = !removes && world.random.nextInt(3) == 0;
        if (!removes) {
            keys.forEach(key -> made.drafts.put(key, database.draft()));
            made.drafts.values().forEach(draft -> byDraft.put(draft, made));
        }
        workload.writing(node, removes ? "removes" : "writes through", keys, made.done, () -> {
            begin(made);
            CacheUnderTest cache = Workload.cache(node);
            if (async) {
                reads.await(cache.putAsync(made.drafts));
            } else if (keys.size() == 1) {
                if (removes) {
                    cache.invalidate(keys.get(0));
                } else {
                    cache.put(keys.get(0), made.drafts.get(keys.get(0)));
                }
            } else if (removes) {
                cache.invalidateAll(keys);
            } else {
                cache.putAll(made.drafts);
            }
        });
    }

    /** Mostly not long, so that a good part of the writes have nothing beside them, and leave their values. */
    private void takeTime() {
        boolean soon = !plan.slowWriters && world.random.nextInt(4) > 0;
        world.sleep(soon ? world.random.nextInt(50, 2_000) * World.MICROS : workload.writeTime());
    }

    /** What the cache's writer does. */
    void write(Map<Integer, @Nullable Long> values) throws LoadOrWriteFailed {
        Made mine = Objects.requireNonNull(world.current()).write;
        write(
                mine != null
                        ? mine
                        : Objects.requireNonNull(
                                byDraft.get(values.values().iterator().next())),
                values.keySet());
    }

    private Strand begin(Made made) {
        Strand strand = Objects.requireNonNull(world.current());
        made.announcer = strand;
        strand.write = made;
        tally.announced++;
        if (made.keys.size() > 1) {
            tally.announcedSeveral++;
        }
        if (made.fate == Fate.DIES_AT_ANY_MOMENT) {
            world.after(world.random.nextInt(12_000) * World.MICROS, () -> {
                if (workload.isFailing()) {
                    workload.kill(made.node);
                }
            });
        }
        return strand;
    }

    private long writeReturning(Made made) throws LoadOrWriteFailed {
        write(made, made.keys);
        return made.done.get(0).version;
    }

    /** Writes these of the keys, all at one moment, or none. */
    private void write(Made made, Collection<Integer> keys) throws LoadOrWriteFailed {
        Fate fate = made.calls++ == made.fatalCall ? made.fate : Fate.SUCCEEDS;
        takeTime();
        if (fate == Fate.FAILS_BEFORE_COMMIT) {
            tally.failedWrites++;
            throw new LoadOrWriteFailed("no commit");
        }
        if (fate == Fate.DIES_BEFORE_COMMIT) {
            workload.die(made.node);
        }
        if (fate == Fate.DIES_LATE) {
            world.sleep(world.random.nextInt(800, 2_000) * World.MILLIS);
        }
        tally.commits++;
        for (int key : keys) {
            Long draft = made.drafts.get(key);
            long version = draft == null ? database.commit(key) : database.commit(key, draft);
            Strand announcer = Objects.requireNonNull(made.announcer);
            made.done.add(history.committed(made.node, key, version, announcer.token));
            if (announcer.token != null && !announcer.announced.contains(key)) {
                history.violated("P3: " + made.node + " writes keys " + made.keys + ", and has announced "
                        + announcer.announced + " alone");
            }
        }
        if (fate == Fate.DIES_AFTER_COMMIT || fate == Fate.DIES_LATE) {
            workload.die(made.node);
        }
        if (fate == Fate.FAILS_AFTER_COMMIT) {
            tally.failedWrites++;
            throw new LoadOrWriteFailed("committed, but nobody knows");
        }
        if (fate == Fate.LOSES_ITS_INTENT) {
            server.evict(made.keys.get(0));
            world.sleep(world.random.nextInt(350, 900) * World.MILLIS);
        }
        takeTime();
    }
}
