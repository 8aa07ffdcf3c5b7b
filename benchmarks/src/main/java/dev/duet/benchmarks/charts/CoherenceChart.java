package dev.duet.benchmarks.charts;

import dev.duet.benchmarks.charts.Svg.Anchor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What every system did in every schedule: the longest staleness as a bar on a logarithmic scale, and the stale reads and the
 * residue in figures. Red is what broke the bound or never healed. A schedule that does not fit a system is a dash.
 */
final class CoherenceChart {

    private static final double CELL = 112;
    private static final double HEIGHT = 48;
    private static final double ROOM = CELL - 16;
    private static final double SHORTEST = 1; // ms

    private final List<Row> rows;
    private final List<String> schedules;
    private final List<String> systems;
    private final double longest;

    CoherenceChart(List<Row> rows) {
        this.rows = rows;
        this.schedules = Results.distinct(rows, "schedule");
        // what was only timed is in another chart
        this.systems = Results.distinct(rows, "system").stream()
                .filter(system ->
                        Results.with(rows, "system", system).stream().anyMatch(row -> row.number("staleReads") != null))
                .toList();
        double most = rows.stream()
                .map(row -> row.number("worstStalenessMs"))
                .mapToDouble(value -> (value == null) ? 0 : value)
                .max()
                .orElse(0);
        this.longest = Math.pow(10, Math.ceil(Math.log10(Math.max(most, 1_000))));
    }

    /** The file. */
    String draw() {
        double labels = systems.stream().mapToInt(String::length).max().orElse(0) * Svg.LETTER + 16;
        double width = labels + schedules.size() * CELL;
        Svg svg = new Svg(width, "How stale reads were, by system and schedule");
        svg.text(0, 16, Anchor.START, "h", "How stale reads were, by system and schedule");
        svg.text(
                0,
                34,
                Anchor.START,
                "s",
                "Bar: longest staleness, log scale from 1 ms to " + Figures.millis(longest)
                        + ". Stale: reads beyond the grace" + grace()
                        + ". Left: entries still stale after 10 s of quiet. Red: any of these. Dash: does not fit.");
        double top = 78;
        for (int column = 0; column < schedules.size(); column++) {
            List<String> words = twoLines(schedules.get(column));
            for (int line = 0; line < words.size(); line++) {
                svg.text(
                        labels + column * CELL,
                        72 - 14 * (words.size() - 1 - line),
                        Anchor.START,
                        "s b",
                        words.get(line));
            }
        }
        double y = top;
        for (String system : systems) {
            svg.line(0, y, width, y, "grid");
            svg.text(0, y + HEIGHT / 2 + 4, Anchor.START, system.startsWith("Duet") ? "b blue" : "", system);
            for (int column = 0; column < schedules.size(); column++) {
                draw(svg, system, schedules.get(column), labels + column * CELL, y);
            }
            y += HEIGHT;
        }
        svg.line(0, y, width, y, "grid");
        return svg.finish(y + 4);
    }

    private void draw(Svg svg, String system, String schedule, double x, double y) {
        List<Row> found = Results.with(Results.with(rows, "system", system), "schedule", schedule);
        if (found.isEmpty() || found.get(0).number("staleReads") == null) {
            svg.text(x, y + HEIGHT / 2 + 4, Anchor.START, "", Figures.NONE);
            return;
        }
        Row row = found.get(0);
        Double worst = row.number("worstStalenessMs");
        double staleReads = orZero(row.number("staleReads"));
        double residue = orZero(row.number("residue"));
        boolean broken = staleReads > 0;
        svg.text(x, y + 15, Anchor.START, broken ? "s b red" : "s", Figures.millis(worst));
        if (worst != null && worst > 0) {
            svg.bar(x, y + 21, Math.max(1.5, length(worst)), 7, broken ? Tone.RED : Tone.BLUE);
        }
        svg.line(x, y + 19, x, y + 30, "axis");
        String stale = Figures.brief(staleReads) + " stale";
        svg.text(x, y + 42, Anchor.START, broken ? "s b red" : "s", stale);
        String left = Figures.brief(residue) + " left";
        svg.text(x + ROOM, y + 15, Anchor.END, residue > 0 ? "s b red" : "s", left);
    }

    private double length(double millis) {
        return Math.log(Math.max(SHORTEST, millis) / SHORTEST) / Math.log(longest / SHORTEST) * ROOM;
    }

    private String grace() {
        List<String> graces = rows.stream()
                .map(row -> row.number("graceMs"))
                .filter(grace -> grace != null)
                .map(Figures::millis)
                .distinct()
                .toList();
        return (graces.size() == 1) ? String.format(Locale.ROOT, " of %s", graces.get(0)) : "";
    }

    private static double orZero(@Nullable Double value) {
        return (value == null) ? 0 : value;
    }

    /** Breaks a name in two where it is long. */
    private static List<String> twoLines(String name) {
        List<String> lines = new ArrayList<>();
        if (name.length() <= 15) {
            lines.add(name);
        } else {
            int space = name.indexOf(' ', name.length() / 2 - 3);
            space = (space < 0) ? name.lastIndexOf(' ') : space;
            lines.add((space < 0) ? name : name.substring(0, space));
            if (space >= 0) {
                lines.add(name.substring(space + 1));
            }
        }
        return lines;
    }
}
