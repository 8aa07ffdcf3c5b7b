package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.results.CoherenceResult;
import dev.duet.benchmarks.systems.CacheSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Whether a run found what it has to: the faults of naive cache-aside, and none of Duet's on Redis. */
final class Teeth {

    private Teeth() {}

    /** What is wrong. */
    static List<String> missing(List<CoherenceResult> results) {
        List<String> problems = new ArrayList<>();
        List<CoherenceResult> naive = of(results, CacheSystem.NAIVE);
        if (sum(naive, CoherenceResult::staleReads) == 0) {
            problems.add("naive cache-aside shows no stale read: the harness has no teeth");
        }
        if (sum(naive, CoherenceResult::residue) == 0) {
            problems.add("naive cache-aside leaves nothing stale behind: the harness has no teeth");
        }
        List<CoherenceResult> duets = of(results, CacheSystem.DUET_ON_REDIS);
        if (duets.isEmpty()) {
            problems.add("Duet on Redis has no result");
        }
        for (CoherenceResult duet : duets) {
            complain(problems, duet, "reads beyond its bound", duet.staleReads());
            complain(problems, duet, "stale entries after all had healed", duet.residue());
            complain(problems, duet, "reads that did not see the node's own write", duet.ownWritesUnseen());
        }
        return problems;
    }

    private static List<CoherenceResult> of(List<CoherenceResult> results, CacheSystem system) {
        return results.stream()
                .filter(result -> result.system().equals(system.title()) && result.unfit() == null)
                .toList();
    }

    private static long sum(List<CoherenceResult> results, Function<CoherenceResult, @Nullable Long> figure) {
        return results.stream()
                .map(figure)
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .sum();
    }

    private static void complain(List<String> problems, CoherenceResult result, String what, @Nullable Long count) {
        if (count != null && count > 0) {
            problems.add(result.system() + ", " + result.schedule() + ": " + count + " " + what);
        }
    }
}
