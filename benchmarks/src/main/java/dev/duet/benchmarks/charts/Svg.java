package dev.duet.benchmarks.charts;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A drawing, as SVG: no background, text as text, and the same bytes whenever the same is drawn. Places are in pixels from the
 * top left.
 */
final class Svg {

    /** How wide a letter of ordinary text may well be; the font is whatever the reader has. */
    static final double LETTER = 7.3;

    private static final String FONT = "system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif";

    private final StringBuilder body = new StringBuilder();
    private final String title;
    private final double width;

    /** An empty drawing. */
    Svg(double width, String title) {
        this.width = width;
        this.title = title;
    }

    /** Where text is with respect to its place. */
    enum Anchor {
        /** It starts there. */
        START,
        /** Its middle is there. */
        MIDDLE,
        /** It ends there. */
        END
    }

    /** Writes. Styles are the names of tones, {@code b} for bold, {@code s} for small and {@code h} for a headline. */
    void text(double x, double y, Anchor anchor, String style, String text) {
        String where = switch (anchor) {
            case START -> "";
            case MIDDLE -> " text-anchor=\"middle\"";
            case END -> " text-anchor=\"end\"";
        };
        body.append("<text x=\"%s\" y=\"%s\"%s%s>%s</text>%n"
                .formatted(at(x), at(y), where, style.isEmpty() ? "" : " class=\"" + style + "\"", escape(text)));
    }

    /** Fills a rectangle. */
    void bar(double x, double y, double barWidth, double height, Tone tone) {
        body.append("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"1\" fill=\"%s\"/>%n"
                .formatted(at(x), at(y), at(barWidth), at(height), tone.colour()));
    }

    /** Draws a line. Styles are {@code axis}, {@code grid}, {@code mark} and {@code spread}. */
    void line(double x1, double y1, double x2, double y2, String style) {
        body.append("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" class=\"%s\"/>%n"
                .formatted(at(x1), at(y1), at(x2), at(y2), style));
    }

    /**
     * Draws a line through points, and a dot on each.
     *
     * @param points pairs of x and y
     */
    void curve(List<double[]> points, Tone tone, boolean dashed) {
        String path =
                points.stream().map(point -> at(point[0]) + "," + at(point[1])).collect(Collectors.joining(" "));
        body.append("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>%n"
                .formatted(path, tone.colour(), dashed ? " stroke-dasharray=\"5 3\"" : ""));
        for (double[] point : points) {
            body.append("<circle cx=\"%s\" cy=\"%s\" r=\"2.5\" fill=\"%s\"/>%n"
                    .formatted(at(point[0]), at(point[1]), tone.colour()));
        }
    }

    /** The file. */
    String finish(double height) {
        StringBuilder file = new StringBuilder();
        file.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\" role=\"img\">%n"
                        .formatted(at(width), at(height), at(width), at(height)));
        file.append("<title>%s</title>%n".formatted(escape(title)));
        file.append(
                "<style>text{font:12px %s;fill:%s}.s{font-size:11px}.h{font-size:14px;font-weight:600}.b{font-weight:600}%n"
                        .formatted(FONT, Tone.INK.colour()));
        for (Tone tone : Tone.values()) {
            file.append(".%s{fill:%s}".formatted(tone.style(), tone.colour()));
        }
        file.append(
                "%nline{stroke:%s}.grid{stroke-opacity:.3}.mark{stroke-dasharray:4 3;stroke-width:1.5}.spread{stroke-width:1.5}</style>%n"
                        .formatted(Tone.INK.colour()));
        return file.append(body).append("</svg>\n").toString().replace(System.lineSeparator(), "\n");
    }

    private static String at(double place) {
        return BigDecimal.valueOf(place)
                .setScale(1, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
