package dev.duet.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Many schedules, one for each seed, on all processors; each schedule is independent of the others. */
final class Campaign {

    private final Player player;

    /** What is to be simulated: a cache, on a store with these guards, new ones for each schedule, in peace or not. */
    Campaign(Simulation.Maker maker, Supplier<Guards> guards, boolean calm) {
        this(maker, guards, calm, false);
    }

    /** As above; the application {@code announces} its writes in all the ways there are, or in the simplest. */
    Campaign(Simulation.Maker maker, Supplier<Guards> guards, boolean calm, boolean announces) {
        this((crew, seed, traced) -> Simulation.play(crew, seed, calm, announces, traced, maker, guards.get()));
    }

    /** Of whatever schedules. */
    Campaign(Player player) {
        this.player = player;
    }

    /** Plays the schedule of a seed. */
    interface Player {
        Simulation.Result play(Crew crew, long seed, boolean traced);
    }

    /** What came of it: the sum, and the violations by seed. */
    record Outcome(Tally tally, TreeMap<Long, String> violations) {}

    /** Plays the seeds from one on, until all are played or so many of them were violations. */
    Outcome play(long first, long seeds, int mostViolations) {
        return play(first, seeds, mostViolations, "");
    }

    /** As above, where only violations of {@code promise} count. */
    Outcome play(long first, long seeds, int mostViolations, String promise) {
        Outcome outcome = new Outcome(new Tally(), new TreeMap<>());
        AtomicLong next = new AtomicLong(first);
        int lanes = Runtime.getRuntime().availableProcessors();
        ExecutorService executor = Executors.newFixedThreadPool(lanes);
        try {
            Callable<Void> lane = () -> {
                try (Crew crew = new Crew()) {
                    long seed = next.getAndIncrement();
                    while (seed < first + seeds
                            && add(outcome, seed, play(crew, seed, false), mostViolations, promise)) {
                        seed = next.getAndIncrement();
                    }
                }
                return null;
            };
            List<Future<Void>> played = new ArrayList<>();
            for (int i = 0; i < lanes; i++) {
                played.add(executor.submit(lane));
            }
            for (Future<Void> future : played) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            executor.shutdownNow();
        }
        return outcome;
    }

    private static boolean add(
            Outcome outcome, long seed, Simulation.Result result, int mostViolations, String promise) {
        synchronized (outcome) {
            outcome.tally.add(result.tally());
            if (result.violation() != null && result.violation().startsWith(promise)) {
                outcome.violations.put(seed, result.violation());
            }
            return outcome.violations.size() < mostViolations;
        }
    }

    /** Plays one seed again, with its trace. */
    Simulation.Result replay(long seed) {
        try (Crew crew = new Crew()) {
            return play(crew, seed, true);
        }
    }

    private Simulation.Result play(Crew crew, long seed, boolean traced) {
        try {
            return player.play(crew, seed, traced);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
