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
    private String[] jvmArguments = {};
    private List<Figure> figures = List.of(new Figure("ops/us", Interleaved::score));

    /**
     * What is compared of a fork.
     *
     * @param name what it is, with its unit
     * @param of takes it from what the fork measured
     */
    record Figure(String name, ToDoubleFunction<RunResult> of) {

        /** A percentile of what single calls took, of a benchmark that samples them. */
        static Figure percentile(int percent, String unit) {
            return new Figure(
                    "p" + percent + " " + unit,
                    run -> run.getPrimaryResult().getStatistics().getPercentile(percent));
        }

        /** How many there are in a second, of a benchmark that says how many microseconds one takes. */
        static Figure perSecond() {
            return new Figure("per second", run -> 1e6 / score(run));
        }
    }

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

    /** Hands arguments to the JVMs of the forks, beside those of this one; none if left out. */
    Interleaved jvmArguments(String... arguments) {
        this.jvmArguments = arguments.clone();
        return this;
    }

    /** Compares these; operations per microsecond if left out. */
    Interleaved figures(Figure... compared) {
        this.figures = List.of(compared);
        return this;
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
                                .jvmArgsAppend(jvmArguments)
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
        System.out.printf("%n%-32s %7s", benchmark.getSimpleName(), "threads");
        figures.forEach(figure -> System.out.printf(" %10s %26s", figure.name(), "ratio to " + baseline));
        System.out.printf(" %8s%n", "B/op");
        byName.values().forEach(forks -> {
            int count = forks.get(0).getParams().getThreads();
            List<RunResult> base = Objects.requireNonNull(byName.get(baseline + "/" + count));
            System.out.printf("%-32s %7d", method(forks.get(0)), count);
            for (Figure figure : figures) {
                DoubleSummaryStatistics ratio = ratios(forks, base, figure);
                System.out.printf(
                        " %10.1f %10.2f (%.2f to %.2f)",
                        mean(forks, figure.of()), ratio.getAverage(), ratio.getMin(), ratio.getMax());
            }
            System.out.printf(" %8.3f%n", mean(forks, Interleaved::allocation));
        });
    }

    private static DoubleSummaryStatistics ratios(List<RunResult> forks, List<RunResult> base, Figure figure) {
        DoubleSummaryStatistics ratios = new DoubleSummaryStatistics();
        for (int round = 0; round < forks.size(); round++) {
            ratios.accept(
                    figure.of().applyAsDouble(forks.get(round)) / figure.of().applyAsDouble(base.get(round)));
        }
        return ratios;
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
