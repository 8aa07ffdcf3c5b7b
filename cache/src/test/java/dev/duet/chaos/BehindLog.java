package dev.duet.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duet.chaos.BehindEvent.Got;
import dev.duet.chaos.BehindEvent.GotNothing;
import dev.duet.chaos.BehindEvent.Outcome;
import dev.duet.chaos.BehindEvent.Wrote;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one node has asked its cache for, in a file of its own. Each line is handed to the operating system at once, so that it
 * survives the node however that dies: a write is there before its call, and its acknowledgement after it. Thread-safe.
 */
final class BehindLog implements AutoCloseable {

    private static final String NONE = "-";

    private final FileChannel channel;

    /** Creates the file of a node; there must be none of this name. */
    BehindLog(Path file) {
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A write is about to be asked for. */
    void begin(String call, boolean removal, List<Long> keys) {
        String list = keys.stream().map(String::valueOf).collect(Collectors.joining(","));
        append((removal ? "D " : "W ") + call + ' ' + System.nanoTime() + ' ' + list);
    }

    /** A write was acknowledged at a moment. */
    void acknowledged(String call, long at) {
        append("A " + call + ' ' + at);
    }

    /** A write threw, since there was no room for it. */
    void rejected(String call) {
        append("J " + call);
    }

    /** A read returned. */
    void got(long key, @Nullable String value, long begin, long end, boolean last) {
        append((last ? "F " : "R ") + key + ' ' + (value == null ? NONE : value) + ' ' + begin + ' ' + end);
    }

    /** A read threw. */
    void gotNothing(long key) {
        append("X " + key);
    }

    private synchronized void append(String line) {
        ByteBuffer bytes = UTF_8.encode(line + '\n');
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the file of a node, dead or alive. A line that it was writing when it died is left out. */
    static List<BehindEvent> read(String node, Path file) {
        List<BehindEvent> events = new ArrayList<>();
        Map<String, Wrote> open = new HashMap<>();
        try (Stream<String> lines = Files.lines(file, UTF_8)) {
            boolean whole = endsWithLine(file);
            List<String> all = lines.toList();
            for (String line : whole ? all : all.subList(0, all.size() - 1)) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "W", "D" -> open.put(words[1], begun(node, words));
                    case "A" -> events.add(ended(open, words[1], Outcome.ACKNOWLEDGED, Long.parseLong(words[2])));
                    case "J" -> events.add(ended(open, words[1], Outcome.REJECTED, BehindEvent.NEVER));
                    case "R", "F" -> events.add(got(node, words));
                    case "X" -> events.add(new GotNothing(node, Long.parseLong(words[1])));
                    default -> throw new IllegalArgumentException("no line of a node: " + line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        events.addAll(open.values());
        return events;
    }

    private static boolean endsWithLine(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return channel.size() == 0 || (channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n');
        }
    }

    private static Wrote begun(String node, String[] words) {
        List<Long> keys = Stream.of(words[3].split(",")).map(Long::valueOf).toList();
        return new Wrote(
                node,
                words[1],
                words[0].equals("D"),
                keys,
                Long.parseLong(words[2]),
                BehindEvent.NEVER,
                Outcome.UNKNOWN);
    }

    private static Wrote ended(Map<String, Wrote> open, String call, Outcome outcome, long end) {
        Wrote begun = open.remove(call);
        if (begun == null) {
            throw new IllegalArgumentException(call + " ended, but never began");
        }
        return new Wrote(begun.node(), call, begun.removal(), begun.keys(), begun.begin(), end, outcome);
    }

    private static Got got(String node, String[] words) {
        return new Got(
                node,
                Long.parseLong(words[1]),
                words[2].equals(NONE) ? null : words[2],
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                words[0].equals("F"));
    }
}
