package dev.duet.benchmarks.scale;

import dev.duet.benchmarks.results.ResultsFile;
import dev.duet.benchmarks.scale.ScaleModel.Load;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Keeps the tables of {@code docs/scale.md}: each stands between a comment {@code <!-- begin name -->} and one {@code <!-- end
 * name -->}, and is written anew from the results. Run as a program it does that, in the directory {@code benchmarks}.
 */
public final class ScaleDoc {

    private static final List<Integer> NODES = List.of(12, 100, 1_000);
    private static final List<Integer> WRITES = List.of(100, 1_000, 10_000);
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final Duration LONG_BOUND = Duration.ofSeconds(5);
    private static final double REREADS = 0.1;

    private ScaleDoc() {}

    /** Writes the tables of the results that there are. */
    public static void main(String[] args) throws IOException {
        update(Scale.DOC, new ResultsFile(Scale.RESULTS).read());
    }

    static void update(Path doc, List<? extends Map<String, Object>> rows) throws IOException {
        Files.writeString(doc, updated(Files.readString(doc), rows));
    }

    /**
     * The text with its tables as the results have it.
     *
     * @throws IllegalArgumentException if the text has no place for one of them, or the results lack a metric
     */
    static String updated(String text, List<? extends Map<String, Object>> rows) {
        ScaleInputs inputs = ScaleInputs.of(rows);
        ScaleModel model = new ScaleModel(inputs);
        String origin = replaced(text, "origin", origin(rows, inputs));
        String measured = replaced(origin, "inputs", inputs(inputs));
        return replaced(replaced(measured, "standing", standing(model)), "writing", writing(model));
    }

    private static String replaced(String text, String name, String table) {
        String begin = "<!-- begin " + name + " -->\n";
        String end = "<!-- end " + name + " -->";
        int from = text.indexOf(begin);
        int to = text.indexOf(end);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("No place for " + name);
        }
        return text.substring(0, from + begin.length()) + table + text.substring(to);
    }

    private static String origin(List<? extends Map<String, Object>> rows, ScaleInputs inputs) {
        Map<String, Object> row = rows.get(0);
        return "`" + row.get("command") + "`\\\n" + row.get("date") + ", 1 to " + inputs.nodes() + " nodes; "
                + row.get("machine") + "; " + row.get("jvm") + ".\n";
    }

    private static String inputs(ScaleInputs in) {
        return "| | what | measured |\n| --- | --- | ---: |\n"
                + row("f", "a node hears and acts upon a message (`feed cost`)", us(in.message()))
                + row(
                        "w",
                        "Redis executes a `put` that nobody hears (`feed cost in Redis`, at 0 nodes)",
                        us(in.redisWrite()))
                + row(
                        "m",
                        "Redis sends its message to one node (`feed cost in Redis`, for each node more)",
                        us(in.redisMessage()))
                + row("r", "Redis answers a near miss (`store read in Redis`)", us(in.redisRead()))
                + row("a", "a node audits for a second, at B = 1 s (`audit cost`)", ms(in.audit()))
                + row("a'", "Redis answers these audits of a node (`audit cost in Redis`)", ms(in.redisAudit()))
                + row("i", "a node without audits, for a second (`idle cost`)", ms(in.idle()))
                + row("i'", "Redis answers its pings (`idle cost in Redis`)", ms(in.redisIdle()))
                + row("c", "connections of a node after load (`connections`)", rounded(in.connections(), 3))
                + row(
                        "k",
                        "memory of Redis for a node (`Redis memory per node`)",
                        rounded(in.memory() / 1e3, 3) + " kB")
                + row("b", "bytes of a message (`message bytes`)", rounded(in.messageBytes(), 3) + " B")
                + row("b'", "bytes of an audit, both ways (`audit bytes`)", rounded(in.auditBytes() / 1e3, 3) + " kB");
    }

    private static String standing(ScaleModel model) {
        StringBuilder table = new StringBuilder("""
                | N | connections | their memory | audits/s | network | each node | Redis | Redis at B = 5 s |
                | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
                """);
        for (int nodes : NODES) {
            Load load = new Load(nodes, 0, 0, BOUND);
            table.append(row(
                    rounded(nodes, 4),
                    rounded(model.connections(load), 2),
                    rounded(model.memory(load) / 1e6, 2) + " MB",
                    rounded(model.audits(load), 2),
                    rounded(model.network(load) / 1e6, 2) + " Mbit/s",
                    percent(model.node(load)),
                    busy(model.redis(load)),
                    busy(model.redis(new Load(nodes, 0, 0, LONG_BOUND)))));
        }
        return table.toString();
    }

    private static String writing(ScaleModel model) {
        StringBuilder table = new StringBuilder("""
                | N | W | messages/s | network | each node | Redis | Redis, s = 0.1 | most W | most W at B = 5 s |
                | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
                """);
        for (int nodes : NODES) {
            for (int writes : WRITES) {
                Load load = new Load(nodes, writes, 0, BOUND);
                Load again = new Load(nodes, writes, REREADS, BOUND);
                boolean first = writes == WRITES.get(0);
                table.append(row(
                        first ? rounded(nodes, 4) : "",
                        rounded(writes, 5),
                        rounded(model.messages(load), 2),
                        rounded(model.network(load) / 1e6, 2) + " Mbit/s",
                        busy(model.node(load)),
                        busy(model.redis(load)),
                        busy(model.redis(again)),
                        first ? rounded(model.mostWrites(load), 2) : "",
                        first ? rounded(model.mostWrites(new Load(nodes, 0, 0, LONG_BOUND)), 2) : ""));
            }
        }
        return table.toString();
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String us(double micros) {
        return rounded(micros, 3) + " µs";
    }

    /** Hundredths of a processor, as milliseconds a second. */
    private static String ms(double hundredths) {
        return rounded(10 * hundredths, 3) + " ms/s";
    }

    private static String percent(double share) {
        return rounded(100 * share, 2) + " %";
    }

    /** A share of a processor, bold if it is more than one should be busy for. */
    private static String busy(double share) {
        return share > ScaleModel.BUSY ? "**" + percent(share) + "**" : percent(share);
    }

    /** A number to so many significant digits. */
    static String rounded(double number, int digits) {
        BigDecimal value = new BigDecimal(number).round(new MathContext(digits));
        int decimals = Math.max(0, value.stripTrailingZeros().scale());
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
