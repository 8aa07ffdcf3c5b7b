package dev.duet.benchmarks.charts;

import dev.duet.benchmarks.charts.Svg.Anchor;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Horizontal bars: a line for each system, and panels side by side for what was measured of it. A bar starts at zero, unless
 * its panel is logarithmic and says so. What is zero has a zero and no bar, what was not measured a dash.
 */
final class BarChart {

    private static final double WIDTH = 860;
    private static final double LINE = 19;
    private static final double BAR = 11;
    private static final double GAP = 14;
    private static final double VALUE = 58;
    private static final double LEAST = 1.5;

    private final String title;
    private final String subtitle;
    private final List<Panel> panels;
    private final List<Line> lines;

    /**
     * A chart.
     *
     * @param lines in the order in which they are drawn, those of a group together
     */
    BarChart(String title, String subtitle, List<Panel> panels, List<Line> lines) {
        this.title = title;
        this.subtitle = subtitle;
        this.panels = panels;
        this.lines = lines;
    }

    /**
     * What was measured.
     *
     * @param title above the panel
     * @param logarithmic whether the length of a bar is that of the value's logarithm
     * @param mark where a line goes through the panel; null for none
     * @param format how values are written
     */
    record Panel(
            String title, boolean logarithmic, @Nullable Double mark, Function<Double, String> format) {}

    /**
     * A figure and its spread.
     *
     * @param value the length of the bar; null if it was not measured
     * @param low the lowest of the rounds; null if that is not known
     * @param high the highest of the rounds; null if that is not known
     */
    record Bar(
            @Nullable Double value,
            @Nullable Double low,
            @Nullable Double high) {}

    /**
     * What was measured of a system.
     *
     * @param group what it is compared to
     * @param label its name
     * @param bars one for each panel
     */
    record Line(String group, String label, List<Bar> bars) {

        boolean isDuet() {
            return label.startsWith("Duet");
        }
    }

    /** The file. */
    String draw() {
        Svg svg = new Svg(WIDTH, title);
        svg.text(0, 16, Anchor.START, "h", title);
        svg.text(0, 34, Anchor.START, "s", subtitle);
        double labels =
                lines.stream().mapToDouble(line -> line.label().length()).max().orElse(0) * Svg.LETTER + GAP;
        double panelWidth = (WIDTH - labels) / panels.size();
        double top = 64;
        for (int i = 0; i < panels.size(); i++) {
            Panel panel = panels.get(i);
            svg.text(
                    labels + i * panelWidth,
                    56,
                    Anchor.START,
                    "s b",
                    panel.title() + (panel.logarithmic() ? " (log scale)" : ""));
        }
        boolean grouped = lines.stream().map(Line::group).distinct().count() > 1;
        double y = top;
        String group = "";
        double from = top;
        for (Line line : lines) {
            if (grouped && !line.group().equals(group)) {
                if (y > top) {
                    axes(svg, labels, panelWidth, from, y);
                    y += GAP / 2;
                }
                svg.text(0, y + LINE - 6, Anchor.START, "s b", "to " + line.group());
                y += LINE;
                from = y;
                group = line.group();
            }
            svg.text(labels - 8, y + LINE / 2 + 4, Anchor.END, line.isDuet() ? "b blue" : "", line.label());
            for (int i = 0; i < panels.size(); i++) {
                draw(svg, i, line, labels + i * panelWidth, y, panelWidth - GAP - VALUE);
            }
            y += LINE;
        }
        axes(svg, labels, panelWidth, from, y);
        return svg.finish(y + 6);
    }

    private void axes(Svg svg, double labels, double panelWidth, double from, double to) {
        for (int i = 0; i < panels.size(); i++) {
            double left = labels + i * panelWidth;
            svg.line(left, from, left, to, "axis");
            Double mark = panels.get(i).mark();
            if (mark != null) {
                double x = left + length(i, mark, panelWidth - GAP - VALUE);
                svg.line(x, from, x, to, "mark");
            }
        }
    }

    private void draw(Svg svg, int panel, Line line, double x, double y, double room) {
        Bar bar = line.bars().get(panel);
        Double value = bar.value();
        double end = x;
        if (value != null && value > 0) {
            double length = Math.max(LEAST, length(panel, value, room));
            svg.bar(x, y + (LINE - BAR) / 2, length, BAR, line.isDuet() ? Tone.BLUE : Tone.GREY);
            end = x + length;
            end = Math.max(end, spread(svg, panel, bar, x, y + (LINE + BAR) / 2 + 1.5, room));
        }
        String label =
                (value == null) ? Figures.NONE : panels.get(panel).format().apply(value);
        Double mark = panels.get(panel).mark();
        double marked = x + ((mark == null) ? -1 : length(panel, mark, room));
        boolean crossed = end < marked && marked < end + 5 + label.length() * Svg.LETTER;
        svg.text((crossed ? marked : end) + 5, y + LINE / 2 + 4, Anchor.START, line.isDuet() ? "s b" : "s", label);
    }

    /** Draws below a bar how far its rounds lie apart; returns where that ends. */
    private double spread(Svg svg, int panel, Bar bar, double x, double y, double room) {
        if (bar.low() == null || bar.high() == null) {
            return x;
        }
        double low = x + length(panel, bar.low(), room);
        double high = x + length(panel, bar.high(), room);
        if (high - low > LEAST) {
            svg.line(low, y, high, y, "spread");
        }
        return high;
    }

    private double length(int panel, double value, double room) {
        double most = lines.stream()
                .map(line -> line.bars().get(panel))
                .flatMap(bar -> Stream.of(bar.value(), bar.high()))
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        if (!panels.get(panel).logarithmic()) {
            return value / most * room;
        }
        double least = lines.stream()
                .map(line -> line.bars().get(panel).value())
                .filter(measured -> measured != null && measured > 0)
                .mapToDouble(Double::doubleValue)
                .min()
                .orElse(1);
        double start = Math.pow(10, Math.floor(Math.log10(least) - 0.2));
        return Math.max(0, Math.log(value / start) / Math.log(most / start) * room);
    }
}
