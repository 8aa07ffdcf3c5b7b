package dev.duet.testkit.history;

import dev.duet.testkit.history.HistoryEvent.FailedRead;
import dev.duet.testkit.history.HistoryEvent.Fault;
import dev.duet.testkit.history.HistoryEvent.Read;
import dev.duet.testkit.history.HistoryEvent.Truth;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Says what happened, with times in milliseconds since a moment.
 *
 * @param origin the moment, in nanoseconds
 */
record Wording(long origin) {

    /** A read that missed a write which it was to see from {@code due} on. */
    String missed(Read read, Write write, long due) {
        return String.format(
                Locale.ROOT,
                "%s, %.3f ms too late to miss version %d, of which %s",
                read(read),
                (read.start() - due) / 1e6,
                write.version(),
                write(write));
    }

    /** A read that returned something else than the system of record. */
    String differs(Read read, Truth truth) {
        return read(read) + ", although from " + at(truth.at()) + " on the database held version " + truth.version();
    }

    /** A read that threw. */
    String failed(FailedRead read) {
        return read.node() + " could not read key " + read.key() + " from " + at(read.start()) + " to " + at(read.end())
                + ": " + read.failure();
    }

    /** The fault before it, as the end of a sentence. */
    String after(@Nullable Fault fault) {
        return fault == null
                ? ""
                : "; " + fault.kind() + " hit " + fault.target() + " from " + at(fault.from()) + " to "
                        + at(fault.to());
    }

    private String read(Read read) {
        return read.node() + " read version " + read.version() + " of key " + read.key() + " from " + at(read.start())
                + " to " + at(read.end());
    }

    private String write(Write write) {
        String end = write.ended() == Write.NEVER
                ? "died"
                : (write.returned() ? "returned at " : "threw at ") + at(write.ended());
        return write.node() + "'s " + write.kind() + " " + write.id() + " began at " + at(write.begun())
                + ", committed by " + at(write.committed()) + ", " + end + " and took effect at "
                + at(write.effective());
    }

    private String at(long moment) {
        return String.format(Locale.ROOT, "%.3f", (moment - origin) / 1e6);
    }
}
