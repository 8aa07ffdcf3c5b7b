package dev.duet.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.duet.CacheStats.WriteBehindStats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The counts of one node or several; a node that is killed has written them down at most 100 ms before. Immutable. */
record BehindCounts(long coalesced, long flushed, long batches, long failures, long late, long rejected, long lost) {

    static final BehindCounts NONE = new BehindCounts(0, 0, 0, 0, 0, 0, 0);

    private static final int FIELDS = 7;
    private static final String FORMAT = "%12d ".repeat(FIELDS) + "\n";
    private static final int LINE = 13 * FIELDS + 1;

    static BehindCounts of(WriteBehindStats stats) {
        return new BehindCounts(
                stats.coalesced(),
                stats.flushed(),
                stats.batches(),
                stats.failures(),
                stats.late(),
                stats.rejected(),
                stats.lost());
    }

    BehindCounts plus(BehindCounts other) {
        return new BehindCounts(
                coalesced + other.coalesced,
                flushed + other.flushed,
                batches + other.batches,
                failures + other.failures,
                late + other.late,
                rejected + other.rejected,
                lost + other.lost);
    }

    /** Appends them to a file. */
    void appendTo(Path file) {
        String line = FORMAT.formatted(coalesced, flushed, batches, failures, late, rejected, lost);
        try {
            Files.writeString(file, line, US_ASCII, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last that were appended to a file; none if there is none. */
    static BehindCounts last(Path file) {
        try {
            if (!Files.exists(file)) {
                return NONE;
            }
            String text = Files.readString(file, US_ASCII);
            int whole = text.length() / LINE * LINE;
            if (whole == 0) {
                return NONE;
            }
            String[] words = text.substring(whole - LINE, whole).strip().split(" +", -1);
            long[] counts = new long[FIELDS];
            for (int i = 0; i < FIELDS; i++) {
                counts[i] = Long.parseLong(words[i]);
            }
            return new BehindCounts(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
