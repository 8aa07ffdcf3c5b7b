package dev.duet.benchmarks.hitratio;

import dev.duet.benchmarks.results.Origin;
import dev.duet.benchmarks.results.ResultsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures how often Duet's near cache has what is asked for, beside plain LRU and the optimum, on generated {@linkplain
 * Trace traces} and for several sizes. From the root of the project:
 *
 * <pre>{@code mvn -B -ntp -q -DskipTests -pl benchmarks -am package exec:exec@hit-ratio}</pre>
 *
 * <p>It prints a table and writes {@code benchmarks/results/hit-ratio.json}. Neither the machine nor what else it does
 * matters. From run to run Duet's figures differ by some thousandths, as Window TinyLFU lets chance in now and then; the
 * others' do not differ.
 */
public final class HitRatio {

    private static final String COMMAND = "mvn -B -ntp -q -DskipTests -pl benchmarks -am package exec:exec@hit-ratio";
    private static final int[] SIZES = {500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000};

    private HitRatio() {}

    /**
     * Runs all traces.
     *
     * @param args the file for the results, {@code results/hit-ratio.json} if left out
     * @throws IOException if the results cannot be written
     */
    public static void main(String[] args) throws IOException {
        Origin origin = Origin.here(COMMAND);
        List<HitRatioResult> results = new ArrayList<>();
        for (Trace trace : Trace.all()) {
            results.addAll(measure(trace, SIZES));
        }
        new ResultsFile(Path.of((args.length > 0) ? args[0] : "results/hit-ratio.json"))
                .replace("trace", results, origin);
    }

    private static List<HitRatioResult> measure(Trace trace, int... sizes) {
        List<HitRatioResult> results = new ArrayList<>();
        System.out.println(trace.name() + ": " + trace.description());
        for (ReplacementPolicy policy : List.of(new DuetNearCache(), new Lru(), new Optimum())) {
            System.out.printf("  %-8s", policy.title());
            for (int size : sizes) {
                double ratio = policy.countHits(trace.keys(), size) / (double) trace.keys().length;
                System.out.printf("%,9d: %.3f", size, ratio);
                results.add(new HitRatioResult(trace.name(), policy.title(), size, Math.round(ratio * 1e3) / 1e3));
            }
            System.out.println();
        }
        return results;
    }
}
