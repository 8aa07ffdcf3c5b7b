package dev.duet.testkit.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The history of one process, in a file of its own. What the operating system was handed survives the process, however it
 * dies: {@link #recordNow} hands over at once, {@link #record} when some has gathered. Thread-safe.
 */
public final class HistoryFile implements AutoCloseable {

    private static final int BUFFER = 1 << 14;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

    private HistoryFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Creates a file; there must be none of this name. */
    public static HistoryFile create(Path file) {
        try {
            return new HistoryFile(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what a process, dead or alive, has recorded. An event that it was writing when it died is left out. */
    public static List<HistoryEvent> read(Path file) {
        try {
            String text = Files.readString(file, UTF_8);
            List<HistoryEvent> events = new ArrayList<>();
            text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(EventText::decode)
                    .forEach(events::add);
            return events;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Records an event that may be lost if the process is killed. */
    public synchronized void record(HistoryEvent event) {
        byte[] line = (EventText.encode(event) + '\n').getBytes(UTF_8);
        if (line.length > buffer.remaining()) {
            flush();
        }
        if (line.length > buffer.remaining()) {
            throw new IllegalArgumentException("an event of " + line.length + " bytes");
        }
        buffer.put(line);
    }

    /** Records an event, and all before it, so that they survive the process. */
    public synchronized void recordNow(HistoryEvent event) {
        record(event);
        flush();
    }

    /** Hands over what has gathered. */
    public synchronized void flush() {
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            buffer.clear();
        }
    }

    @Override
    public synchronized void close() {
        flush();
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
