package dev.duet.testkit.history;

import dev.duet.testkit.history.HistoryEvent.Effect;
import dev.duet.testkit.history.HistoryEvent.FailedRead;
import dev.duet.testkit.history.HistoryEvent.Fault;
import dev.duet.testkit.history.HistoryEvent.Read;
import dev.duet.testkit.history.HistoryEvent.Truth;
import dev.duet.testkit.history.HistoryEvent.WriteBegun;
import dev.duet.testkit.history.HistoryEvent.WriteCommitted;
import dev.duet.testkit.history.HistoryEvent.WriteEnded;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An event as a line of text: what it is, and its components, with tabs in between. */
final class EventText {

    private EventText() {}

    static String encode(HistoryEvent event) {
        if (event instanceof Read e) {
            return line("read", e.node(), e.key(), e.version(), e.start(), e.end());
        }
        if (event instanceof FailedRead e) {
            return line("failed-read", e.node(), e.key(), e.start(), e.end(), e.failure());
        }
        if (event instanceof WriteBegun e) {
            return line("begun", e.node(), e.id(), e.key(), e.kind(), e.at());
        }
        if (event instanceof WriteCommitted e) {
            return line("committed", e.node(), e.id(), e.version(), e.at());
        }
        if (event instanceof WriteEnded e) {
            return line("ended", e.node(), e.id(), e.returned(), e.at());
        }
        if (event instanceof Fault e) {
            return line("fault", e.kind(), e.target(), e.effect(), e.from(), e.to());
        }
        Truth e = (Truth) event;
        return line("truth", e.key(), e.version(), e.at());
    }

    static HistoryEvent decode(String line) {
        String[] parts = line.split("\t", -1);
        try {
            return switch (parts[0]) {
                case "read" ->
                    new Read(parts[1], number(parts[2]), number(parts[3]), number(parts[4]), number(parts[5]));
                case "failed-read" ->
                    new FailedRead(parts[1], number(parts[2]), number(parts[3]), number(parts[4]), parts[5]);
                case "begun" ->
                    new WriteBegun(parts[1], number(parts[2]), number(parts[3]), parts[4], number(parts[5]));
                case "committed" -> new WriteCommitted(parts[1], number(parts[2]), number(parts[3]), number(parts[4]));
                case "ended" ->
                    new WriteEnded(parts[1], number(parts[2]), Boolean.parseBoolean(parts[3]), number(parts[4]));
                case "fault" ->
                    new Fault(parts[1], parts[2], Effect.valueOf(parts[3]), number(parts[4]), number(parts[5]));
                case "truth" -> new Truth(number(parts[1]), number(parts[2]), number(parts[3]));
                default -> throw new IllegalArgumentException("no event: " + line);
            };
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("no event: " + line, e);
        }
    }

    private static long number(String text) {
        return Long.parseLong(text);
    }

    private static String line(Object... parts) {
        return Stream.of(parts)
                .map(part -> part.toString().replaceAll("[\t\r\n]", " "))
                .collect(Collectors.joining("\t"));
    }
}
