package dev.duet.benchmarks.charts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tables of one schedule: what was done, staleness, propagation where it was measured, and whom it does not fit. */
final class CoherenceTables {

    private static final Map<String, Function<Row, String>> STALENESS = new LinkedHashMap<>();
    private static final Map<String, Function<Row, String>> PROPAGATION = new LinkedHashMap<>();

    static {
        STALENESS.put("reads", row -> Figures.count(row.number("reads")));
        STALENESS.put("writes", row -> Figures.count(row.number("writes")));
        STALENESS.put("stale reads", row -> Figures.count(row.number("staleReads")));
        STALENESS.put("longest staleness", row -> Figures.millis(row.number("worstStalenessMs")));
        STALENESS.put("residue", row -> Figures.count(row.number("residue")));
        STALENESS.put("own writes unseen", row -> Figures.count(row.number("ownWritesUnseen")));
        STALENESS.put("failed reads", row -> Figures.count(row.number("failedReads")));
        STALENESS.put("failed writes", row -> Figures.count(row.number("failedWrites")));

        PROPAGATION.put("propagation p50", row -> micros(row.number("propagationP50Us")));
        PROPAGATION.put("p99", row -> micros(row.number("propagationP99Us")));
        PROPAGATION.put("p99.9", row -> micros(row.number("propagationP999Us")));
        PROPAGATION.put("longest", row -> micros(row.number("propagationMaxUs")));
    }

    private CoherenceTables() {}

    /** Writes the tables of a schedule. */
    static void write(Markdown page, List<Row> rows) {
        List<String> how = rows.stream()
                .map(row -> row.textOrNull("how"))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        how.forEach(what ->
                page.paragraph((how.size() == 1 ? "" : String.join(", ", done(rows, what)) + ": ") + what + "."));
        table(page, rows, "staleReads", STALENESS);
        table(page, rows, "propagationP50Us", PROPAGATION);
        Map<String, List<String>> unfit = rows.stream()
                .filter(row -> row.textOrNull("unfit") != null)
                .collect(Collectors.groupingBy(
                        row -> row.text("unfit"),
                        LinkedHashMap::new,
                        Collectors.mapping(row -> row.text("system"), Collectors.toList())));
        unfit.forEach(
                (why, systems) -> page.paragraph("Does not fit " + String.join(", ", systems) + ": " + why + "."));
    }

    private static List<String> done(List<Row> rows, String how) {
        return Results.distinct(Results.with(rows, "how", how), "system");
    }

    /** A table of the systems that have a figure in a column. */
    private static void table(
            Markdown page, List<Row> rows, String needed, Map<String, Function<Row, String>> columns) {
        List<List<String>> lines = new ArrayList<>();
        for (Row row : rows) {
            if (row.number(needed) != null) {
                List<String> line = new ArrayList<>(List.of(row.text("system")));
                columns.values().forEach(column -> line.add(column.apply(row)));
                lines.add(line);
            }
        }
        if (!lines.isEmpty()) {
            List<String> head = new ArrayList<>(List.of("system"));
            head.addAll(columns.keySet());
            page.table(1, head, lines);
        }
    }

    private static String micros(@Nullable Double micros) {
        return (micros == null) ? Figures.NONE : Figures.millis(micros / 1_000);
    }
}
