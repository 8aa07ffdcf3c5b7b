package dev.duet.benchmarks.scale;

import dev.duet.benchmarks.results.Origin;
import dev.duet.benchmarks.results.ResultsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What more nodes cost: 1 to 12 of them, JVMs of 256 MB on one Redis. Processor time, which is what most figures are, can be
 * measured on a machine with fewer processors than nodes; throughput and propagation are what this machine makes of it.
 *
 * <pre>{@code
 * mvn -B -ntp -q -DskipTests -pl benchmarks -am package exec:exec@scale
 * }</pre>
 *
 * <p>Writes {@code results/scale.json}, and the tables of {@code docs/scale.md} from that; with {@code --quick}, which
 * {@code -Dbenchmark.mode=quick} sets, {@code target/scale.json} alone.
 */
public final class Scale {

    static final Path RESULTS = Path.of("results", "scale.json");
    static final Path DOC = Path.of("..", "docs", "scale.md");

    private static final String COMMAND = "mvn -B -ntp -q -DskipTests -pl benchmarks -am package exec:exec@scale";

    private Scale() {}

    /** With {@code --quick} for less of everything; {@code --full} is the default. */
    public static void main(String[] args) throws Exception {
        boolean quick = List.of(args).contains("--quick");
        ScaleSettings settings = quick ? ScaleSettings.quick() : ScaleSettings.full();
        Origin origin = Origin.here(quick ? COMMAND + " -Dbenchmark.mode=quick" : COMMAND);
        List<ScaleResult> results = new ArrayList<>();
        for (int nodes : settings.nodes()) {
            long begin = System.nanoTime();
            List<ScaleResult> figures;
            try (GroupMeasurement measurement = new GroupMeasurement(settings, nodes)) {
                figures = measurement.run();
            }
            System.out.printf(
                    Locale.ROOT, "%n%d nodes, in %d s%n", nodes, (System.nanoTime() - begin) / 1_000_000_000L);
            figures.forEach(Scale::print);
            results.addAll(figures);
        }
        Path path = quick ? Path.of("target", "scale.json") : RESULTS;
        new ResultsFile(path).replace("metric", results, origin);
        if (!quick) {
            ScaleDoc.update(DOC, new ResultsFile(path).read());
        }
        System.out.println("\nWritten to " + path);
    }

    private static void print(ScaleResult result) {
        System.out.printf(
                Locale.ROOT,
                "  %-24s %,14.2f ± %,.2f %s%n",
                result.metric(),
                result.value(),
                result.error(),
                result.unit());
    }
}
