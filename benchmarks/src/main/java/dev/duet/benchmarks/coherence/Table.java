package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.results.CoherenceResult;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Results as lines of text. */
final class Table {

    private static final String FORMAT = "%-23s %-22s %7s %6s %7s %7s %9s %6s %8s %9s %9s %9s %7s %7s";

    /** The names of the columns. */
    static final String HEADER = String.format(
            Locale.ROOT,
            FORMAT,
            "schedule",
            "system",
            "reads",
            "writes",
            "behind",
            "stale",
            "worst ms",
            "unseen",
            "residue",
            "p50 us",
            "p99 us",
            "max us",
            "no read",
            "no wrt");

    private Table() {}

    /** The line of a result. */
    static String line(CoherenceResult result) {
        if (result.unfit() != null) {
            return String.format(
                    Locale.ROOT, "%-23s %-22s does not fit: %s", result.schedule(), result.system(), result.unfit());
        }
        return String.format(
                Locale.ROOT,
                FORMAT,
                result.schedule(),
                result.system(),
                text(result.reads()),
                text(result.writes()),
                text(result.readsBehind()),
                text(result.staleReads()),
                text(result.worstStalenessMs()),
                text(result.ownWritesUnseen()),
                result.residue() == null ? "-" : result.residue() + "/" + result.residueSecondRead(),
                text(result.propagationP50Us()),
                text(result.propagationP99Us()),
                text(result.propagationMaxUs()),
                text(result.failedReads()),
                text(result.failedWrites()));
    }

    private static String text(@Nullable Long figure) {
        return figure == null ? "-" : figure.toString();
    }

    private static String text(@Nullable Double figure) {
        return figure == null ? "-" : String.format(Locale.ROOT, "%.0f", figure);
    }
}
