package dev.duet.testkit.history;

import dev.duet.testkit.history.HistoryEvent.Effect;
import dev.duet.testkit.history.HistoryEvent.FailedRead;
import dev.duet.testkit.history.HistoryEvent.Fault;
import dev.duet.testkit.history.HistoryEvent.Read;
import dev.duet.testkit.history.HistoryEvent.Truth;
import dev.duet.testkit.history.HistoryEvent.WriteBegun;
import dev.duet.testkit.history.HistoryEvent.WriteCommitted;
import dev.duet.testkit.history.HistoryEvent.WriteEnded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A history of one key, made by hand, with times in milliseconds. Held to a bound of 1,000 and a slack of 100. */
final class Story {

    static final long KEY = 7;
    static final Terms TERMS = new Terms(Duration.ofMillis(1_000), Duration.ofMillis(100), Duration.ofMillis(3_000));

    private final List<HistoryEvent> events = new ArrayList<>();
    private long writes;

    /** A read that takes 1 ms. */
    Story read(String node, long version, long at) {
        events.add(new Read(node, KEY, version, nanos(at), nanos(at + 1)));
        return this;
    }

    Story failedRead(String node, long at) {
        events.add(new FailedRead(node, KEY, nanos(at), nanos(at + 1), "no way"));
        return this;
    }

    /** A write that returns at {@code end}; it begins 20 ms earlier and commits 10 ms earlier. */
    Story write(String node, long version, long end) {
        return write(node, version, end, true);
    }

    /** As {@link #write(String, long, long)}, but the call throws. */
    Story failedWrite(String node, long version, long end) {
        return write(node, version, end, false);
    }

    /** A write that begins, commits 10 ms later, and is not heard of again. */
    Story unfinishedWrite(String node, long version, long begun) {
        long id = unknownWrite(node, begun);
        events.add(new WriteCommitted(node, id, version, nanos(begun + 10)));
        return this;
    }

    /** A write that begins, and is not heard of again; returns its id. */
    long unknownWrite(String node, long begun) {
        events.add(new WriteBegun(node, ++writes, KEY, "update", nanos(begun)));
        return writes;
    }

    Story fault(String kind, String target, Effect effect, long from, long to) {
        events.add(new Fault(kind, target, effect, nanos(from), nanos(to)));
        return this;
    }

    Story truth(long version, long at) {
        events.add(new Truth(KEY, version, nanos(at)));
        return this;
    }

    List<HistoryEvent> events() {
        return events;
    }

    Verdict verdict() {
        return new HistoryChecker(TERMS).check(events);
    }

    private Story write(String node, long version, long end, boolean returned) {
        unfinishedWrite(node, version, end - 20);
        events.add(new WriteEnded(node, writes, returned, nanos(end)));
        return this;
    }

    private static long nanos(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
