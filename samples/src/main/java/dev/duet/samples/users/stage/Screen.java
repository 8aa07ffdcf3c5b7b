package dev.duet.samples.users.stage;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints tables of text, at most 120 columns wide and in plain ASCII, with colour if a person watches. What is too long for
 * its column goes on in the next line. Thread-safe.
 */
public final class Screen {

    /** The width of a line. */
    public static final int WIDTH = 120;

    private static final String BOLD = "1";
    private static final String GREEN = "32";
    private static final String RED = "31";
    private static final String DIM = "2";

    private final PrintStream out;
    private final boolean colour;
    private boolean muted;

    /**
     * Prints to a stream.
     *
     * @param colour whether the stream understands ANSI colours
     */
    public Screen(PrintStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    /** The console, in colour if it is a terminal and {@code NO_COLOR} is not set. */
    @SuppressWarnings("SystemConsoleNull") // JDK 22 to 24 take a pipe for a terminal; Console.isTerminal() needs 22
    public static Screen ofConsole() {
        return new Screen(System.out, System.console() != null && System.getenv("NO_COLOR") == null);
    }

    /**
     * A column.
     *
     * @param width its width; a gap of two follows
     * @param right whether it is set flush right
     */
    public record Column(int width, boolean right) {

        /** A column of text. */
        public static Column text(int width) {
            return new Column(width, false);
        }

        /** A column of numbers. */
        public static Column number(int width) {
            return new Column(width, true);
        }
    }

    /** Prints a line. */
    public void line(String text) {
        print(text);
    }

    /** Prints a headline, after an empty line. */
    public void headline(String text) {
        print("");
        print(paint(text, BOLD));
    }

    /** Prints the names of columns. */
    public void header(List<Column> columns, List<String> cells) {
        rows(columns, cells).forEach(row -> print(paint(row, DIM)));
    }

    /** Prints a row. */
    public void row(List<Column> columns, List<String> cells) {
        rows(columns, cells).forEach(this::print);
    }

    /** Prints a text in the colour of success or failure. */
    public void verdict(String text, boolean ok) {
        wrap(text, WIDTH).forEach(line -> print(paint(line, ok ? GREEN : RED)));
    }

    /** Prints a row in the colour of success or failure. */
    public void verdict(List<Column> columns, List<String> cells, boolean ok) {
        rows(columns, cells).forEach(row -> print(paint(row, ok ? GREEN : RED)));
    }

    /** Prints nothing from now on. */
    public synchronized void mute() {
        muted = true;
    }

    private synchronized void print(String line) {
        if (!muted) {
            out.println(line);
            out.flush();
        }
    }

    private String paint(String text, String code) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    /** The lines of a row: as many as its tallest cell has. */
    private static List<String> rows(List<Column> columns, List<String> cells) {
        List<List<String>> wrapped = new ArrayList<>();
        int height = 1;
        for (int c = 0; c < columns.size(); c++) {
            wrapped.add(wrap(cells.get(c), columns.get(c).width()));
            height = Math.max(height, wrapped.get(c).size());
        }
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < height; i++) {
            StringBuilder row = new StringBuilder();
            for (int c = 0; c < columns.size(); c++) {
                String cell = i < wrapped.get(c).size() ? wrapped.get(c).get(i) : "";
                String blank = " ".repeat(columns.get(c).width() - cell.length());
                row.append(columns.get(c).right() ? blank + cell : cell + blank).append("  ");
            }
            rows.add(row.toString().stripTrailing());
        }
        return rows;
    }

    /** Breaks a text into lines at spaces, or anywhere if there are none. */
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text.replaceAll("\\s+", " ").strip();
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int end = space > 0 ? space : width;
            lines.add(rest.substring(0, end));
            rest = rest.substring(end).strip();
        }
        lines.add(rest);
        return lines;
    }
}
