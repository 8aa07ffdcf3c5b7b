package dev.duet.benchmarks.coherence;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The file in which a node writes down what it reads and writes. A write is on its way to the system before the method
 * returns, with all before it, so that a killed process leaves a history that ends where it was killed. Thread-safe.
 */
final class History implements AutoCloseable {

    private static final int READ = 'r';
    private static final int WRITE = 'w';

    private final DataOutputStream out;

    /** A new file. */
    History(Path file) throws IOException {
        out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
    }

    /** Records a read. */
    synchronized void add(Read read) {
        try {
            out.writeByte(READ);
            out.writeLong(read.key());
            out.writeLong(read.begin());
            out.writeLong(read.end());
            out.writeLong(read.version());
            out.writeUTF(read.kind().name());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Records a write. */
    synchronized void add(Write write) {
        try {
            out.writeByte(WRITE);
            out.writeLong(write.key());
            out.writeLong(write.begin());
            out.writeLong(write.commit());
            out.writeLong(write.end());
            out.writeLong(write.version());
            out.writeBoolean(write.acknowledged());
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has the system write what was recorded. */
    synchronized void flush() throws IOException {
        out.flush();
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }

    /** Reads what a node has recorded; an event that was cut off is left out. */
    static void read(Path file, String node, Consumer<Read> reads, Consumer<Write> writes) throws IOException {
        if (!Files.exists(file)) {
            return; // killed before it began
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            for (int type = in.read(); type != -1; type = in.read()) {
                if (type == READ) {
                    reads.accept(new Read(
                            node,
                            in.readLong(),
                            in.readLong(),
                            in.readLong(),
                            in.readLong(),
                            Read.Kind.valueOf(in.readUTF())));
                } else if (type == WRITE) {
                    writes.accept(new Write(
                            node,
                            in.readLong(),
                            in.readLong(),
                            in.readLong(),
                            in.readLong(),
                            in.readLong(),
                            in.readBoolean()));
                } else {
                    throw new IOException(file + " has an event of type " + type);
                }
            }
        } catch (EOFException cutOff) {
            // its process was killed
        }
    }
}
