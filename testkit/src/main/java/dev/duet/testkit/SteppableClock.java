package dev.duet.testkit;

import dev.duet.testkit.internal.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A wall clock for processes that can be stepped: that of the machine and an offset. Other clocks are not changed. A small library
 * that is preloaded into the process reads the offset from a file. Not thread-safe.
 */
final class SteppableClock {

    private static final String SOURCE = "clock/steppable-clock.c";
    private static final String PREBUILT = "clock/linux-x86_64.so";

    private final Path library;
    private final Path file;
    private final MappedByteBuffer offset;

    private SteppableClock(Path library, Path file, MappedByteBuffer offset) {
        this.library = library;
        this.file = file;
        this.offset = offset;
    }

    /**
     * Makes a clock that tells the machine's time.
     *
     * @param directory for its files
     * @throws IllegalStateException if it cannot be had on this machine; the message says what is needed
     */
    static SteppableClock in(Path directory) throws IOException {
        Path library = library(directory, System.getProperty("os.name"), System.getProperty("os.arch"));
        Path file = Files.write(directory.resolve("clock"), new byte[Long.BYTES]);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer offset = channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
            offset.order(ByteOrder.nativeOrder());
            return new SteppableClock(library, file, offset);
        }
    }

    /** The library for a system, extracted or built. */
    static Path library(Path directory, String system, String processor) throws IOException {
        if (!system.equals("Linux")) {
            throw new IllegalStateException("A steppable clock needs Linux, and this is " + system);
        }
        Path library = directory.resolve("clock.so");
        if (processor.equals("amd64") || processor.equals("x86_64")) {
            extract(PREBUILT, library);
            return library;
        }
        Path cc = Commands.onPath("cc")
                .orElseThrow(() -> new IllegalStateException("A steppable clock on " + processor
                        + " needs a C compiler: install one that is on the PATH as cc (Debian: apt-get install gcc)"));
        Path source = directory.resolve("clock.c");
        extract(SOURCE, source);
        Commands.run(List.of(cc.toString(), "-shared", "-fPIC", "-O2", "-o", library.toString(), source.toString()))
                .orThrow("Building the steppable clock");
        return library;
    }

    private static void extract(String resource, Path to) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(SteppableClock.class.getResourceAsStream(resource), () -> "no " + resource)) {
            Files.copy(in, to);
        }
    }

    /** A command whose process has this clock. */
    List<String> ticksFor(List<String> command) {
        List<String> all = new ArrayList<>(List.of("env", "LD_PRELOAD=" + library, "DUET_CLOCK_FILE=" + file));
        all.addAll(command);
        return all;
    }

    /**
     * Sets it, for processes that run as for later ones.
     *
     * @param by how much: negative to set it back
     */
    void step(Duration by) {
        offset.putLong(0, Math.addExact(offset.getLong(0), by.toNanos()));
    }
}
