package dev.duet.benchmarks.charts;

import dev.duet.benchmarks.charts.BarChart.Bar;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which charts there are, and what each shows. What was not measured has none. */
final class ChartSet {

    private static final double TWO_DECADES = 100;

    private final Map<String, String> charts = new LinkedHashMap<>();
    private final Results results;

    private ChartSet(Results results) {
        this.results = results;
    }

    /** The charts, by name; as SVG. */
    static Map<String, String> draw(Results results) {
        ChartSet set = new ChartSet(results);
        set.speed();
        set.coherence();
        set.scale();
        set.hitRatio();
        return set.charts;
    }

    private void speed() {
        ratios("near-hit", "near hit", "Near hits: throughput", "more is better", List.of("throughput"), false);
        List<String> latencies = List.of("p50", "p99");
        String less = "less is better";
        ratios("store-hit", "store hit", "Store hits: latency of a read that is not near", less, latencies, true);
        ratios("write", "write", "Writes: latency of put and invalidate", less, latencies, true);
        ratios("update", "update", "Updates: latency around a writer that takes no time", less, latencies, true);
        ratios("bulk", "bulk", "Bulk: latency of a getAll of 100 keys", less, latencies, true);
        values(
                "miss-under-contention",
                "miss under contention",
                "Misses under contention: 200 threads on 3 nodes ask for one cold key",
                "less is better; overhead: beyond the load itself",
                Map.of("overhead p50", Figures::millis, "overhead p99", Figures::millis, "loads", Figures::format));
        values(
                "memory-per-entry",
                "memory per entry",
                "Memory of the near cache, per entry",
                "bytes beside key and value; less is better",
                Map.of("bytes per entry", value -> Math.round(value) + " B"));
    }

    /** Ratios to the baseline, a panel for each metric and number of threads. */
    private void ratios(
            String chart, String suite, String title, String better, List<String> metrics, boolean leastFirst) {
        List<Row> rows = Results.with(results.speed(), "suite", suite).stream()
                .filter(row -> metrics.contains(row.text("metric")) && row.number("ratio") != null)
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        List<Cell> cells = Results.distinct(rows, row -> new Cell(row.text("metric"), row.whole("threads")));
        boolean manyThreads = cells.stream().map(Cell::threads).distinct().count() > 1;
        List<BarChart.Panel> panels = cells.stream()
                .map(cell -> new BarChart.Panel(cell.title(manyThreads), false, 1.0, Figures::format))
                .toList();
        List<String> baselines = Results.distinct(rows, "baseline");
        List<BarChart.Line> lines = new ArrayList<>();
        for (String baseline : baselines) {
            List<BarChart.Line> group = new ArrayList<>();
            List<Row> compared = Results.with(rows, "baseline", baseline);
            for (String system : Results.distinct(compared, "system")) {
                List<Row> own = Results.with(compared, "system", system);
                group.add(new BarChart.Line(
                        baseline,
                        system,
                        cells.stream().map(cell -> cell.ratio(own)).toList()));
            }
            group.sort(order(leastFirst));
            lines.addAll(group);
        }
        String to = (baselines.size() == 1) ? "Ratio to " + baselines.get(0) : "Ratio to the bare client";
        charts.put(
                chart,
                new BarChart(title, to + " in the same round; line: lowest and highest round; " + better, panels, lines)
                        .draw());
    }

    /** Figures as they are, a panel for each metric. */
    private void values(
            String chart, String suite, String title, String subtitle, Map<String, Function<Double, String>> formats) {
        List<Row> rows = Results.with(results.speed(), "suite", suite).stream()
                .filter(row -> formats.containsKey(row.text("metric")) && row.number("value") != null)
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        List<String> metrics = Results.distinct(rows, "metric");
        List<BarChart.Panel> panels = metrics.stream()
                .map(metric -> new BarChart.Panel(
                        metric,
                        isWide(Results.with(rows, "metric", metric), "value"),
                        null,
                        formats.getOrDefault(metric, Figures::format)))
                .toList();
        List<BarChart.Line> lines = new ArrayList<>();
        for (String system : Results.distinct(rows, "system")) {
            List<Row> own = Results.with(rows, "system", system);
            lines.add(new BarChart.Line(
                    "",
                    system,
                    metrics.stream()
                            .map(metric -> bar(Results.with(own, "metric", metric), "value"))
                            .toList()));
        }
        lines.sort(order(true));
        charts.put(chart, new BarChart(title, subtitle, panels, lines).draw());
    }

    private void coherence() {
        List<Row> rows = results.coherence();
        if (rows.stream().anyMatch(row -> row.number("staleReads") != null)) {
            charts.put("coherence", new CoherenceChart(rows).draw());
        }
        Map<String, String> metrics = new LinkedHashMap<>();
        metrics.put("propagationP50Us", "p50");
        metrics.put("propagationP99Us", "p99");
        List<Row> timed = rows.stream()
                .filter(row -> row.number("propagationP50Us") != null)
                .toList();
        if (timed.isEmpty()) {
            return;
        }
        List<BarChart.Panel> panels = new ArrayList<>();
        metrics.forEach((column, title) -> panels.add(
                new BarChart.Panel(title, isWide(timed, column), null, micros -> Figures.millis(micros / 1_000))));
        List<BarChart.Line> lines = new ArrayList<>();
        for (Row row : timed) {
            String schedule = row.has("schedule", "calm") ? "" : ", " + row.text("schedule");
            lines.add(new BarChart.Line(
                    "",
                    row.text("system") + schedule,
                    metrics.keySet().stream()
                            .map(column -> bar(List.of(row), column))
                            .toList()));
        }
        lines.sort(order(true));
        charts.put(
                "propagation",
                new BarChart(
                                "Propagation: from a write to the first read on another node that sees it",
                                "calm schedule; less is better",
                                panels,
                                lines)
                        .draw());
    }

    private void scale() {
        List<LineChart.Panel> panels = new ArrayList<>();
        scale(panels, "Near hits, all nodes", Map.of("near hits", ""));
        scale(panels, "Writes, all nodes", Map.of("writes", ""));
        scale(panels, "Propagation", ordered("propagation p50", "p50", "propagation p99", "p99"));
        scale(panels, "Feed cost", ordered("feed cost", "a node", "feed cost in Redis", "Redis"));
        scale(panels, "Audit cost", ordered("audit cost", "a node", "audit cost in Redis", "Redis"));
        scale(panels, "Idle cost", ordered("idle cost", "a node", "idle cost in Redis", "Redis"));
        if (!panels.isEmpty()) {
            charts.put(
                    "scale",
                    new LineChart("Scale: nodes on one Redis", "all on one machine", "nodes", false, panels).draw());
        }
    }

    private void scale(List<LineChart.Panel> panels, String title, Map<String, String> metrics) {
        List<LineChart.Line> lines = new ArrayList<>();
        String unit = "";
        for (Map.Entry<String, String> metric : metrics.entrySet()) {
            List<Row> rows = Results.with(results.scale(), "metric", metric.getKey());
            List<double[]> points = points(rows, "nodes", "value", 1);
            if (!points.isEmpty()) {
                String own = rows.get(0).text("unit");
                // a series whose unit differs says so itself
                boolean first = unit.isEmpty();
                unit = first ? own : unit;
                String name = (first || own.equals(unit)) ? metric.getValue() : metric.getValue() + ", " + own;
                lines.add(new LineChart.Line(name, first ? Tone.BLUE : Tone.ORANGE, false, points));
            }
        }
        if (!lines.isEmpty()) {
            panels.add(new LineChart.Panel(title + ", " + unit, null, lines));
        }
    }

    private void hitRatio() {
        List<LineChart.Panel> panels = new ArrayList<>();
        for (String trace : Results.distinct(results.hitRatio(), "trace")) {
            List<Row> rows = Results.with(results.hitRatio(), "trace", trace);
            List<LineChart.Line> lines = new ArrayList<>();
            for (String policy : Results.distinct(rows, "policy")) {
                Tone tone = switch (policy) {
                    case "Duet" -> Tone.BLUE;
                    case "LRU" -> Tone.ORANGE;
                    default -> Tone.GREY;
                };
                List<Row> own = Results.with(rows, "policy", policy);
                lines.add(new LineChart.Line(policy, tone, tone == Tone.GREY, points(own, "size", "hitRatio", 100)));
            }
            panels.add(new LineChart.Panel(trace, 100.0, lines));
        }
        if (!panels.isEmpty()) {
            charts.put(
                    "hit-ratio",
                    new LineChart(
                                    "Hit ratio of the near cache, in %",
                                    "generated traces; the optimum knows the future; more is better",
                                    "entries that the cache may hold",
                                    true,
                                    panels)
                            .draw());
        }
    }

    private static Map<String, String> ordered(String first, String firstName, String second, String secondName) {
        Map<String, String> map = new LinkedHashMap<>();
        map.put(first, firstName);
        map.put(second, secondName);
        return map;
    }

    private static List<double[]> points(List<Row> rows, String across, String up, double factor) {
        List<double[]> points = new ArrayList<>();
        for (Row row : rows) {
            Double value = row.number(up);
            if (value != null) {
                points.add(new double[] {row.whole(across), value * factor});
            }
        }
        points.sort(Comparator.comparingDouble(point -> point[0]));
        return points;
    }

    private static Bar bar(List<Row> rows, String column) {
        return new Bar(rows.isEmpty() ? null : rows.get(0).number(column), null, null);
    }

    /** Whether most bars could not be seen if their lengths were the values'. */
    private static boolean isWide(List<Row> rows, String column) {
        double[] values = rows.stream()
                .map(row -> row.number(column))
                .mapToDouble(value -> (value == null) ? 0 : value)
                .filter(value -> value > 0)
                .sorted()
                .toArray();
        return values.length > 1 && values[values.length - 1] > TWO_DECADES * values[0];
    }

    private static Comparator<BarChart.Line> order(boolean leastFirst) {
        Comparator<Double> values = leastFirst ? Comparator.naturalOrder() : Comparator.reverseOrder();
        return Comparator.comparing(ChartSet::first, Comparator.nullsLast(values));
    }

    private static @Nullable Double first(BarChart.Line line) {
        return line.bars().get(0).value();
    }

    /** A metric with a number of threads. */
    private record Cell(String metric, int threads) {

        String title(boolean manyThreads) {
            return manyThreads ? metric + ", " + threads + (threads == 1 ? " thread" : " threads") : metric;
        }

        Bar ratio(List<Row> rows) {
            return rows.stream()
                    .filter(row -> row.has("metric", metric) && row.whole("threads") == threads)
                    .map(row -> new Bar(row.number("ratio"), row.number("ratioMin"), row.number("ratioMax")))
                    .findFirst()
                    .orElse(new Bar(null, null, null));
        }
    }
}
