package dev.duet.benchmarks.speed;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures a benchmark of JMH in rounds. In a round every system has its turn, so that a machine that slows down for a while
 * slows all of them. JMH alone would run all forks of one before the next.
 */
final class JmhSuite implements Suite {

    private static final String ALLOCATION = "gc.alloc.rate.norm";

    private final String name;
    private final Class<?> benchmark;
    private final List<? extends Contender<?>> contenders;
    private final List<Metric> metrics;
    private boolean oneThread = true;
    private boolean withPostgres;

    /**
     * What is taken from a measurement.
     *
     * @param name what it is
     * @param unit its unit
     * @param compared whether its ratio to the baseline's says something
     * @param of takes it
     */
    record Metric(String name, String unit, boolean compared, ToDoubleFunction<RunResult> of) {

        /** Operations per microsecond. */
        static Metric throughput() {
            return new Metric("throughput", "ops/us", true, JmhSuite::score);
        }

        /** Bytes that an operation allocates; of a baseline none, so that there is no ratio. */
        static Metric allocation() {
            return new Metric("allocation", "B/op", false, JmhSuite::allocation);
        }

        /** A percentile of what single operations took, of a benchmark that samples them. */
        static Metric percentile(int percent) {
            return new Metric(
                    "p" + percent,
                    "us",
                    true,
                    run -> run.getPrimaryResult().getStatistics().getPercentile(percent));
        }

        /** How many there are in a second, of a benchmark that says how many microseconds one takes. */
        static Metric perSecond() {
            return new Metric("throughput", "ops/s", true, run -> 1e6 / score(run));
        }
    }

    /**
     * Describes a suite.
     *
     * @param name its name; what the benchmark has a parameter named {@code suite} for
     * @param benchmark the class with the benchmark
     * @param contenders the systems, each a value of its parameter named {@code system}
     * @param metrics what is compared
     */
    JmhSuite(String name, Class<?> benchmark, List<? extends Contender<?>> contenders, Metric... metrics) {
        this.name = name;
        this.benchmark = benchmark;
        this.contenders = contenders;
        this.metrics = List.of(metrics);
    }

    /** Measures with several numbers of threads, rather than with one thread. */
    JmhSuite severalThreads() {
        oneThread = false;
        return this;
    }

    /** Has a PostgreSQL run. */
    JmhSuite withPostgres() {
        withPostgres = true;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Report run(Effort effort, SpeedServers servers) throws IOException {
        if (withPostgres) {
            servers.preparePostgres();
        }
        Rounds rounds = new Rounds(name);
        for (int round = 1; round <= effort.rounds(); round++) {
            List<Measured> measured = new ArrayList<>();
            for (int threads : oneThread ? List.of(1) : effort.threads()) {
                for (Contender<?> contender : contenders) {
                    servers.prepareStores();
                    RunResult result = measure(effort, servers, contender.system(), threads);
                    for (Metric metric : metrics) {
                        measured.add(new Measured(
                                contender.system(),
                                threads,
                                metric.name(),
                                metric.unit(),
                                metric.of().applyAsDouble(result),
                                contender.baseline()));
                    }
                    Measured last = measured.get(measured.size() - metrics.size());
                    System.out.printf(
                            Locale.ROOT,
                            "# %s, round %d of %d: %s, threads %d: %s %.2f %s%n",
                            name,
                            round,
                            effort.rounds(),
                            last.system(),
                            threads,
                            last.metric(),
                            last.value(),
                            last.unit());
                }
            }
            add(rounds, measured);
        }
        return new Report(
                rounds.rows(),
                effort.forks() == 0
                        ? List.of("All in one JVM, briefly: this shows that it runs, no more.")
                        : List.of());
    }

    private void add(Rounds rounds, List<Measured> round) {
        for (Measured measured : round) {
            boolean compared = metrics.stream()
                    .anyMatch(metric -> metric.compared() && metric.name().equals(measured.metric()));
            rounds.add(measured, compared ? measured.ratio(round) : Double.NaN);
        }
    }

    private RunResult measure(Effort effort, SpeedServers servers, String system, int threads) throws IOException {
        Path log = Files.createTempFile("duet-jmh-", ".log");
        Options options = new OptionsBuilder()
                .include("^" + benchmark.getName().replace(".", "\\.") + "\\.")
                .param("suite", name)
                .param("system", system)
                .threads(threads)
                .forks(effort.forks())
                .warmupIterations(effort.warmUps())
                .warmupTime(TimeValue.milliseconds(effort.millis()))
                .measurementIterations(effort.iterations())
                .measurementTime(TimeValue.milliseconds(effort.millis()))
                .jvmArgsAppend(servers.jvmArguments().toArray(String[]::new))
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class)
                .output(log.toString())
                .build();
        try {
            return new Runner(options).runSingle();
        } catch (RunnerException | RuntimeException e) {
            throw new IllegalStateException(
                    name + ": " + system + " failed\n" + Files.readString(log, Charset.defaultCharset()), e);
        } finally {
            Files.delete(log);
        }
    }

    /** The median iteration, which a neighbour's burst moves less than the mean. */
    private static double score(RunResult run) {
        return median(run, iteration -> iteration.getPrimaryResult().getScore());
    }

    private static double allocation(RunResult run) {
        return median(run, iteration -> {
            for (String metric : iteration.getSecondaryResults().keySet()) {
                if (metric.endsWith(ALLOCATION)) {
                    return Objects.requireNonNull(
                                    iteration.getSecondaryResults().get(metric))
                            .getScore();
                }
            }
            throw new IllegalStateException("no " + ALLOCATION);
        });
    }

    private static double median(RunResult run, ToDoubleFunction<IterationResult> figure) {
        double[] scores = run.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .mapToDouble(figure)
                .sorted()
                .toArray();
        return scores[scores.length / 2];
    }
}
