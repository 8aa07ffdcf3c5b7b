package dev.duet.benchmarks.speed;

import dev.duet.benchmarks.results.Origin;
import dev.duet.benchmarks.results.ResultsFile;
import dev.duet.benchmarks.speed.JmhSuite.Metric;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The speed of Duet beside that of its peers: all suites, or those that are named, on real servers that it starts itself.
 * From the root of the project:
 *
 * <pre>{@code
 * mvn -B -ntp -q -DskipTests -pl benchmarks -am package exec:exec@speed
 * mvn -B -ntp -q -DskipTests -pl benchmarks -am package exec:exec@speed -Dbenchmark.mode=quick
 * mvn -B -ntp -q -DskipTests -pl benchmarks -am package exec:exec@speed "-Dbenchmark.suites=near hit,write"
 * }</pre>
 *
 * <p>It prints a table for each suite and puts its rows into {@code benchmarks/results/speed.json}. The quick mode, of less
 * than two minutes, shows that everything runs; its figures mean little, and go to {@code benchmarks/target/speed.json}.
 */
public final class Speed {

    private static final List<Suite> SUITES = List.of(
            new JmhSuite(
                            NearHits.SUITE,
                            NearHitBenchmark.class,
                            NearHits.contenders(),
                            Metric.throughput(),
                            Metric.allocation())
                    .severalThreads(),
            roundTrips(StoreHits.SUITE),
            roundTrips(Writes.SUITE).withPostgres(),
            roundTrips(Updates.SUITE),
            new ContendedMisses(),
            roundTrips(BulkReads.SUITE),
            new MemoryPerEntry(),
            new JmhSuite(Flushes.SUITE, FlushBenchmark.class, Flushes.contenders(), Metric.perSecond()).withPostgres());

    private Speed() {}

    private static JmhSuite roundTrips(String suite) {
        return new JmhSuite(
                suite,
                RoundTripBenchmark.class,
                RoundTripBenchmark.Opened.contenders(suite),
                Metric.percentile(50),
                Metric.percentile(99));
    }

    /**
     * Runs suites. Ends this JVM, with 1 if a system fails, which the message names, and 2 if the arguments are wrong.
     *
     * @param args {@code --quick} or {@code --full}, and names of suites; see {@link SpeedOptions#parse}
     */
    public static void main(String[] args) {
        int status = 0; // handed to exit, whatever threads a peer has left
        try {
            run(SpeedOptions.parse(
                    List.of(args), SUITES.stream().map(Suite::name).toList()));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            status = 2;
        } catch (Exception e) {
            e.printStackTrace();
            status = 1;
        }
        System.exit(status);
    }

    private static void run(SpeedOptions options) throws Exception {
        Path file = Path.of(options.quick() ? "target" : "results", "speed.json");
        Origin origin = Origin.here(options.command());
        long begin = System.nanoTime();
        try (SpeedServers servers = new SpeedServers()) {
            servers.prepareStores();
            for (Suite suite : SUITES) {
                if (!options.suites().contains(suite.name())) {
                    continue;
                }
                Report report = suite.run(Effort.of(options), servers);
                System.out.println();
                System.out.println(report.table(suite.name()));
                new ResultsFile(file).replace("suite", report.rows(), origin);
                System.out.println(
                        "# " + Duration.ofNanos(System.nanoTime() - begin).toSeconds() + " s so far");
            }
        }
        System.out.println("# " + file.toAbsolutePath());
    }
}
