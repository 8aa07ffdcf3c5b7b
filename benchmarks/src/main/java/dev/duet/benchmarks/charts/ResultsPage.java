package dev.duet.benchmarks.charts;

import dev.duet.benchmarks.systems.CacheSystem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The generated part of the results page: a table for each suite, schedule and trace, the peers' settings, and origins. */
final class ResultsPage {

    static final String BEGIN = "<!-- generated: results -->";
    static final String END = "<!-- end of what is generated -->";

    private static final String CHARTS = "../benchmarks/results/charts/";

    private final Results results;
    private final Set<String> charts;
    private final Markdown page = new Markdown();

    ResultsPage(Results results) {
        this.results = results;
        this.charts = ChartSet.draw(results).keySet();
    }

    /** Puts a text between the markers of a page. */
    static String replaceGenerated(String page, String generated) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("the page has to have " + BEGIN + " and, below it, " + END);
        }
        return page.substring(0, begin + BEGIN.length()) + "\n\n" + generated + page.substring(end);
    }

    /** What stands between the markers; the same for the same results. */
    String generate() {
        speed();
        coherence();
        scale();
        hitRatio();
        settings();
        origins();
        return page.toString();
    }

    private void chart(String name, String alternative) {
        if (charts.contains(name)) {
            page.paragraph("![" + alternative + "](" + CHARTS + name + ".svg)");
        }
    }

    private void speed() {
        if (results.speed().isEmpty()) {
            return;
        }
        page.paragraph("### Speed");
        for (String suite : Results.distinct(results.speed(), "suite")) {
            page.paragraph("#### " + headline(suite));
            chart(suite.replace(' ', '-'), headline(suite));
            List<Row> rows = Results.with(results.speed(), "suite", suite);
            speed(rows);
        }
    }

    private void speed(List<Row> rows) {
        List<String> baselines = Results.distinct(rows, "baseline");
        boolean rated = rows.stream().anyMatch(row -> row.number("ratio") != null);
        if (rated && baselines.size() == 1) {
            page.paragraph("Ratios are to " + baselines.get(0) + "; in brackets, the lowest and the highest round.");
        } else if (rated) {
            page.paragraph(
                    "Ratios are to the baseline in the same line; in brackets, the lowest and the highest round.");
        }
        boolean manyThreads = Results.distinct(rows, "threads").size() > 1;
        List<String> metrics = Results.distinct(rows, "metric");
        List<String> head = new ArrayList<>(List.of("system"));
        if (manyThreads) {
            head.add("threads");
        }
        for (String metric : metrics) {
            List<Row> measured = Results.with(rows, "metric", metric);
            String unit = measured.get(0).text("unit");
            head.add(unit.equals("1") ? metric : metric + ", " + unit);
            if (isRated(measured)) {
                head.add("ratio");
            }
        }
        if (rated && baselines.size() > 1) {
            head.add("baseline");
        }
        List<List<String>> lines = new ArrayList<>();
        for (List<String> who : Results.distinct(rows, row -> List.of(row.text("system"), row.text("threads")))) {
            List<Row> own = Results.with(Results.with(rows, "system", who.get(0)), "threads", who.get(1));
            List<String> line = new ArrayList<>(manyThreads ? who : who.subList(0, 1));
            for (String metric : metrics) {
                List<Row> figure = Results.with(own, "metric", metric);
                line.add(figure.isEmpty() ? Figures.NONE : value(figure.get(0)));
                if (isRated(Results.with(rows, "metric", metric))) {
                    line.add(figure.isEmpty() ? Figures.NONE : ratio(figure.get(0)));
                }
            }
            if (rated && baselines.size() > 1) {
                line.add(own.get(0).text("baseline"));
            }
            lines.add(line);
        }
        page.table(1, head, lines);
    }

    private static boolean isRated(List<Row> rows) {
        return rows.stream().anyMatch(row -> row.number("ratio") != null);
    }

    private static String value(Row row) {
        Double error = row.number("error");
        String spread = (error == null || error == 0) ? "" : " ± " + Figures.format(error);
        return Figures.format(row.number("value")) + spread;
    }

    private static String ratio(Row row) {
        Double ratio = row.number("ratio");
        Double low = row.number("ratioMin");
        Double high = row.number("ratioMax");
        if (ratio == null || low == null || high == null || low.equals(high)) {
            return Figures.format(ratio);
        }
        return Figures.format(ratio) + " (" + Figures.format(low) + "–" + Figures.format(high) + ")";
    }

    private void coherence() {
        if (results.coherence().isEmpty()) {
            return;
        }
        page.paragraph("### Coherence");
        chart("coherence", "Longest staleness, stale reads and residue of every system in every schedule");
        chart("propagation", "Propagation");
        for (String schedule : Results.distinct(results.coherence(), "schedule")) {
            page.paragraph("#### " + headline(schedule));
            List<Row> rows = Results.with(results.coherence(), "schedule", schedule);
            CoherenceTables.write(page, rows);
        }
    }

    private void scale() {
        if (results.scale().isEmpty()) {
            return;
        }
        page.paragraph("### Scale");
        chart("scale", "Throughput, propagation and costs against the number of nodes");
        List<String> nodes = Results.distinct(results.scale(), row -> row.whole("nodes")).stream()
                .sorted()
                .map(String::valueOf)
                .toList();
        List<String> head = new ArrayList<>(List.of("nodes"));
        head.addAll(nodes);
        List<List<String>> lines = new ArrayList<>();
        for (String metric : Results.distinct(results.scale(), "metric")) {
            List<Row> rows = Results.with(results.scale(), "metric", metric);
            List<String> line =
                    new ArrayList<>(List.of(metric + ", " + rows.get(0).text("unit")));
            for (String count : nodes) {
                List<Row> figure = Results.with(rows, "nodes", count);
                line.add(figure.isEmpty() ? Figures.NONE : value(figure.get(0)));
            }
            lines.add(line);
        }
        page.table(1, head, lines);
    }

    private void hitRatio() {
        if (results.hitRatio().isEmpty()) {
            return;
        }
        page.paragraph("### Hit ratio");
        chart("hit-ratio", "Hit ratio of Duet, LRU and the optimum on each trace");
        List<String> sizes = Results.distinct(results.hitRatio(), row -> row.whole("size")).stream()
                .sorted()
                .map(String::valueOf)
                .toList();
        List<String> head = new ArrayList<>(List.of("trace", "policy"));
        sizes.forEach(size -> head.add(Figures.count(Double.valueOf(size))));
        List<List<String>> lines = new ArrayList<>();
        for (List<String> who :
                Results.distinct(results.hitRatio(), row -> List.of(row.text("trace"), row.text("policy")))) {
            List<Row> own = Results.with(Results.with(results.hitRatio(), "trace", who.get(0)), "policy", who.get(1));
            List<String> line = new ArrayList<>(who);
            for (String size : sizes) {
                List<Row> figure = Results.with(own, "size", size);
                line.add(
                        figure.isEmpty()
                                ? Figures.NONE
                                : Figures.part(figure.get(0).number("hitRatio")));
            }
            lines.add(line);
        }
        page.table(2, head, lines);
    }

    private void settings() {
        page.paragraph("### Settings");
        page.table(
                2,
                List.of("system", "settings"),
                Arrays.stream(CacheSystem.values())
                        .map(system -> List.of(system.title(), system.settings()))
                        .toList());
    }

    /** Which run each part is from; parts of the same run together, but for its date. */
    private void origins() {
        Map<List<String>, Set<String>> parts = new LinkedHashMap<>();
        Map<List<String>, Set<String>> dates = new LinkedHashMap<>();
        origins(parts, dates, results.speed(), "suite");
        origins(parts, dates, results.coherence(), "schedule");
        origins(parts, dates, results.scale(), "");
        origins(parts, dates, results.hitRatio(), "");
        if (parts.isEmpty()) {
            return;
        }
        page.paragraph("### Origins");
        parts.forEach((origin, what) -> {
            Set<String> when = dates.getOrDefault(origin, Set.of());
            page.paragraph("- " + String.join(", ", what) + ": `" + origin.get(0) + "`, "
                    + String.join(" to ", ends(when)) + ". " + origin.get(1) + "; " + origin.get(2) + "; "
                    + origin.get(3)
                    + ".");
        });
    }

    private static void origins(
            Map<List<String>, Set<String>> parts, Map<List<String>, Set<String>> dates, List<Row> rows, String column) {
        for (Row row : rows) {
            String versions = (row.columns().get("versions") instanceof Map<?, ?> map)
                    ? map.entrySet().stream()
                            .map(entry -> entry.getKey() + " " + entry.getValue())
                            .collect(Collectors.joining(", "))
                    : "versions unknown";
            List<String> origin = List.of(row.text("command"), row.text("machine"), row.text("jvm"), versions);
            String what =
                    column.isEmpty() ? (row.textOrNull("trace") != null ? "hit ratio" : "scale") : row.text(column);
            parts.computeIfAbsent(origin, key -> new TreeSet<>()).add(what);
            dates.computeIfAbsent(origin, key -> new TreeSet<>())
                    .add(row.text("date").substring(0, 10));
        }
    }

    private static List<String> ends(Set<String> dates) {
        List<String> sorted = List.copyOf(new TreeSet<>(dates));
        return (sorted.size() <= 1) ? sorted : List.of(sorted.get(0), sorted.get(sorted.size() - 1));
    }

    private static String headline(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }
}
