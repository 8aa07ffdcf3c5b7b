package dev.duet.benchmarks.charts;

import java.util.List;

/** Writes Markdown. */
final class Markdown {

    private final StringBuilder text = new StringBuilder();

    /** A line and an empty line. */
    void paragraph(String line) {
        text.append(line).append("\n\n");
    }

    /** A table whose first columns are of text and the others of figures. */
    void table(int texts, List<String> head, List<List<String>> rows) {
        line(head);
        text.append('|')
                .append(" --- |".repeat(texts))
                .append(" ---: |".repeat(head.size() - texts))
                .append('\n');
        rows.forEach(this::line);
        text.append('\n');
    }

    private void line(List<String> cells) {
        text.append('|');
        cells.forEach(cell -> text.append(' ').append(cell.replace("|", "\\|")).append(" |"));
        text.append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
