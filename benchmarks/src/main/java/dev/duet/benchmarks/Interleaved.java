package dev.duet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs one benchmark class in rounds. A round forks every method once, at every number of threads, so that a machine
 * that slows down for a while slows all compared systems. JMH alone would run all forks of one method before the next.
 *
 * <p>Results are written as JMH's own JSON, and as a table of ratios to a baseline within the run, with the lowest and
 * the highest ratio of a round beside them.
 */
final class Interleaved {

    private static final String ALLOCATION = "gc.alloc.rate.norm";

    private final Class<?> benchmark;
    private final String baseline;
    private final int[] threads;

    /**
     * Describes a suite.
     *
     * @param benchmark the class whose benchmarks to run
     * @param baseline the name of the method that the others are compared to
     * @param threads the numbers of threads to run with
     */
    Interleaved(Class<?> benchmark, String baseline, int... threads) {
        this.benchmark = benchmark;
        this.baseline = baseline;
        this.threads = threads.clone();
    }

    /**
     * Runs the suite, prints its table and writes its results.
     *
     * @param rounds how many forks of each benchmark to run
     * @param json where to write the results
     * @throws RunnerException if a benchmark fails
     * @throws IOException if the results cannot be written
     */
    void run(int rounds, Path json) throws RunnerException, IOException {
        Map<String, List<RunResult>> byName = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (int count : threads) {
                Collection<RunResult> results = new Runner(new OptionsBuilder()
                                .include("^" + benchmark.getName().replace(".", "\\.") + "\\.")
                                .threads(count)
                                .forks(1)
                                .shouldFailOnError(true)
                                .addProfiler(GCProfiler.class)
                                .build())
                        .run();
                for (RunResult result : results) {
                    byName.computeIfAbsent(name(result), name -> new ArrayList<>())
                            .add(result);
                }
            }
        }
        write(byName.values(), json);
        print(byName);
    }

    private static void write(Collection<List<RunResult>> runs, Path json) throws IOException {
        List<RunResult> merged = new ArrayList<>();
        for (List<RunResult> forks : runs) {
            List<BenchmarkResult> data = new ArrayList<>();
            forks.forEach(fork -> data.addAll(fork.getBenchmarkResults()));
            merged.add(new RunResult(forks.get(0).getParams(), data));
        }
        Files.createDirectories(json.toAbsolutePath().getParent());
        ResultFormatFactory.getInstance(ResultFormatType.JSON, json.toString()).writeOut(merged);
    }

    private void print(Map<String, List<RunResult>> byName) {
        System.out.printf(
                "%n%-32s %7s %9s %26s %8s%n",
                benchmark.getSimpleName(), "threads", "ops/us", "ratio to " + baseline, "B/op");
        byName.values().forEach(forks -> {
            int count = forks.get(0).getParams().getThreads();
            List<RunResult> base = Objects.requireNonNull(byName.get(baseline + "/" + count));
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < forks.size(); round++) {
                ratios.add(score(forks.get(round)) / score(base.get(round)));
            }
            DoubleSummaryStatistics ratio =
                    ratios.stream().mapToDouble(Double::doubleValue).summaryStatistics();
            System.out.printf(
                    "%-32s %7d %9.1f %10.2f (%.2f to %.2f) %8.3f%n",
                    method(forks.get(0)),
                    count,
                    mean(forks, Interleaved::score),
                    ratio.getAverage(),
                    ratio.getMin(),
                    ratio.getMax(),
                    mean(forks, Interleaved::allocation));
        });
    }

    private static double mean(List<RunResult> runs, ToDoubleFunction<RunResult> figure) {
        return runs.stream().mapToDouble(figure).average().orElse(Double.NaN);
    }

    /** The median iteration, which a neighbour's burst moves less than the mean. */
    private static double score(RunResult run) {
        double[] scores = run.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
                .sorted()
                .toArray();
        return scores[scores.length / 2];
    }

    private static double allocation(RunResult run) {
        return run.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .mapToDouble(Interleaved::allocation)
                .average()
                .orElse(Double.NaN);
    }

    private static double allocation(IterationResult iteration) {
        for (String name : iteration.getSecondaryResults().keySet()) {
            if (name.endsWith(ALLOCATION)) {
                return Objects.requireNonNull(iteration.getSecondaryResults().get(name))
                        .getScore();
            }
        }
        return Double.NaN;
    }

    private static String name(RunResult result) {
        return method(result) + "/" + result.getParams().getThreads();
    }

    private static String method(RunResult result) {
        String benchmark = result.getParams().getBenchmark();
        return benchmark.substring(benchmark.lastIndexOf('.') + 1);
    }
}
