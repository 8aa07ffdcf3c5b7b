package dev.duet.benchmarks.charts;

import java.util.Locale;

/**
 * The colours of charts. A picture does not know whether the page around it is light or dark: what the browser says of the system's
 * preference need not be what the page shows. So each tone stands out against both white and nearly black.
 */
enum Tone {
    /** Text and axes. */
    INK("#727a84"),
    /** Duet, and what keeps to the bound. */
    BLUE("#2f7df0"),
    /** What is compared. */
    GREY("#7d8590"),
    /** A second series. */
    ORANGE("#c76a15"),
    /** What breaks the bound. */
    RED("#e04f46");

    private final String colour;

    Tone(String colour) {
        this.colour = colour;
    }

    /** The colour, as SVG has it. */
    String colour() {
        return colour;
    }

    /** The class of what is drawn in it. */
    String style() {
        return name().toLowerCase(Locale.ROOT);
    }
}
