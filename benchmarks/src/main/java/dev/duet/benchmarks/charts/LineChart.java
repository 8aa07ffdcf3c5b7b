package dev.duet.benchmarks.charts;

import dev.duet.benchmarks.charts.Svg.Anchor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines over a number of nodes or a size, in panels of their own. All panels start at zero. */
final class LineChart {

    private static final double WIDTH = 860;
    private static final double HEIGHT = 210;
    private static final int COLUMNS = 3;
    private static final double LEFT = 44;
    private static final double TOP = 46;
    private static final double BOTTOM = 36;
    private static final double LEAST_BETWEEN_TICKS = 18;

    private final String title;
    private final String subtitle;
    private final String across;
    private final boolean logarithmic;
    private final List<Panel> panels;

    /**
     * A chart.
     *
     * @param across what the horizontal axis is
     * @param logarithmic whether that is its logarithm
     */
    LineChart(String title, String subtitle, String across, boolean logarithmic, List<Panel> panels) {
        this.title = title;
        this.subtitle = subtitle;
        this.across = across;
        this.logarithmic = logarithmic;
        this.panels = panels;
    }

    /**
     * Some lines on the same axes.
     *
     * @param title above them
     * @param most the end of the vertical axis; null for what the lines need
     * @param lines in the order of their names
     */
    record Panel(String title, @Nullable Double most, List<Line> lines) {}

    /**
     * A line.
     *
     * @param name what it is of; may be empty if it is the only one
     * @param points pairs of a place on the horizontal axis and a value, from left to right
     */
    record Line(String name, Tone tone, boolean dashed, List<double[]> points) {}

    /** The file. */
    String draw() {
        Svg svg = new Svg(WIDTH, title);
        svg.text(0, 16, Anchor.START, "h", title);
        svg.text(0, 34, Anchor.START, "s", subtitle);
        double width = WIDTH / COLUMNS;
        for (int i = 0; i < panels.size(); i++) {
            int above = i / COLUMNS;
            draw(svg, panels.get(i), (i % COLUMNS) * width, 46 + above * HEIGHT, width);
        }
        return svg.finish(46 + Math.ceil(panels.size() / (double) COLUMNS) * HEIGHT);
    }

    private void draw(Svg svg, Panel panel, double x, double y, double width) {
        svg.text(x, y + 18, Anchor.START, "b", panel.title());
        legend(svg, panel, x, y + 34);
        double left = x + LEFT;
        double right = x + width - 18;
        double top = y + TOP;
        double bottom = y + HEIGHT - BOTTOM;
        double step = step(panel);
        Double fixed = panel.most();
        double most = (fixed != null) ? fixed : step * Math.ceil(highest(panel) / step);
        for (int i = 0; i * step <= most * 1.0001; i++) {
            double at = bottom - i * step / most * (bottom - top);
            svg.line(left, at, right, at, i == 0 ? "axis" : "grid");
            svg.text(left - 5, at + 4, Anchor.END, "s", Figures.brief(i * step));
        }
        List<Double> ticks = ticks(panel);
        double lastLabel = Double.NEGATIVE_INFINITY;
        for (double tick : ticks) {
            double at = across(tick, ticks, left, right);
            svg.line(at, bottom, at, bottom + 3, "axis");
            if (at - lastLabel >= LEAST_BETWEEN_TICKS) {
                svg.text(at, bottom + 15, Anchor.MIDDLE, "s", Figures.brief(tick));
                lastLabel = at;
            }
        }
        svg.text((left + right) / 2, bottom + 29, Anchor.MIDDLE, "s", across);
        for (Line line : panel.lines()) {
            List<double[]> places = new ArrayList<>();
            for (double[] point : line.points()) {
                places.add(
                        new double[] {across(point[0], ticks, left, right), bottom - point[1] / most * (bottom - top)});
            }
            svg.curve(places, line.tone(), line.dashed());
        }
    }

    private static void legend(Svg svg, Panel panel, double x, double y) {
        double at = x + 3;
        for (Line line : panel.lines()) {
            if (!line.name().isEmpty()) {
                svg.curve(List.of(new double[] {at, y - 4}, new double[] {at + 14, y - 4}), line.tone(), line.dashed());
                svg.text(at + 20, y, Anchor.START, "s", line.name());
                at += 34 + line.name().length() * Svg.LETTER;
            }
        }
    }

    private double across(double place, List<Double> ticks, double left, double right) {
        double first = ticks.get(0);
        double last = ticks.get(ticks.size() - 1);
        double inset = 8;
        if (first == last) {
            return (left + right) / 2;
        }
        double part = logarithmic ? Math.log(place / first) / Math.log(last / first) : (place - first) / (last - first);
        return left + inset + part * (right - left - 2 * inset);
    }

    private static List<Double> ticks(Panel panel) {
        return panel.lines().stream()
                .flatMap(line -> line.points().stream())
                .map(point -> point[0])
                .distinct()
                .sorted()
                .toList();
    }

    private static double highest(Panel panel) {
        double highest = panel.lines().stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(point -> point[1])
                .max()
                .orElse(1);
        return (highest > 0) ? highest : 1;
    }

    /** Between two lines of the grid: 1, 2 or 5 and zeroes. */
    private static double step(Panel panel) {
        Double fixed = panel.most();
        double rough = ((fixed != null) ? fixed : highest(panel)) / 4;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        for (double factor : new double[] {1, 2, 2.5, 5}) {
            if (factor * power >= rough * 0.999) {
                return factor * power;
            }
        }
        return 10 * power;
    }
}
