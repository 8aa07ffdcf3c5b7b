package dev.duet.testkit.history;

import dev.duet.testkit.history.HistoryEvent.FailedRead;
import dev.duet.testkit.history.HistoryEvent.Fault;
import dev.duet.testkit.history.HistoryEvent.Read;
import dev.duet.testkit.history.HistoryEvent.Truth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The examination of one history, read by read. Used once. */
final class Examination {

    /** That of the near cache's clock, in nanoseconds: what it serves by a time from before a stop, it serves for so long. */
    private static final long GRANULARITY = 10_000_000;

    private final Terms terms;
    private final List<Read> reads;
    private final List<FailedRead> failedReads;
    private final NavigableMap<Long, Fault> faults = new TreeMap<>();
    private final List<Write> writes;
    private final Map<Long, KeyHistory> keys;
    private final Map<Long, Truth> truths = new HashMap<>();
    private final Wording wording;
    private final List<Violation> violations = new ArrayList<>();
    private final Map<String, Long> worstAfter = new TreeMap<>();
    private long excused;

    Examination(List<HistoryEvent> events, Terms terms) {
        this.terms = terms;
        reads = only(events, Read.class).stream()
                .sorted(Comparator.comparingLong(Read::start))
                .toList();
        failedReads = only(events, FailedRead.class);
        List<Fault> allFaults = only(events, Fault.class);
        allFaults.forEach(fault -> faults.put(fault.from(), fault));
        writes = new Writes(allFaults, terms).committed(events);
        keys = writes.stream()
                .collect(Collectors.groupingBy(
                        Write::key, Collectors.collectingAndThen(Collectors.toList(), KeyHistory::new)));
        only(events, Truth.class).forEach(truth -> truths.put(truth.key(), truth));
        wording = new Wording(reads.isEmpty() ? 0 : reads.get(0).start());
    }

    Verdict verdict() {
        long[] staleness = new long[reads.size()];
        int held = 0;
        for (Read read : reads) {
            if (read.version() != HistoryEvent.NOT_CACHED) {
                KeyHistory key = keys.getOrDefault(read.key(), KeyHistory.NONE);
                checkOwnWrites(read, key);
                checkResidue(read);
                long late = staleness(read, key);
                if (late > 0 && isExcused(read)) {
                    excused++;
                } else {
                    staleness[held++] = late;
                    worstAfter.merge(faultBefore(read.start()), late, Math::max);
                    checkBound(read, key, late);
                }
            }
        }
        for (FailedRead read : failedReads) {
            add(Promise.P5, read.start(), 0, wording.failed(read));
        }
        return new Verdict(
                reads.size(),
                failedReads.size(),
                writes.size(),
                excused,
                Percentiles.of(Arrays.copyOf(staleness, held)),
                worstAfter,
                List.copyOf(violations));
    }

    private void checkOwnWrites(Read read, KeyHistory key) {
        Write own = key.newestOwn(read.node(), read.start());
        if (own != null && own.version() > read.version()) {
            add(Promise.P2, read.start(), read.start() - own.ended(), wording.missed(read, own, own.ended()));
        }
    }

    private void checkResidue(Read read) {
        Truth truth = truths.get(read.key());
        if (truth != null && read.start() > truth.at() && read.version() != truth.version()) {
            add(Promise.P3, read.start(), 0, wording.differs(read, truth));
        }
    }

    private void checkBound(Read read, KeyHistory key, long late) {
        Write missed = key.firstMissed(read.version());
        if (missed != null && late > terms.bound().plus(terms.slack()).toNanos()) {
            add(Promise.P1, read.start(), late, wording.missed(read, missed, missed.effective()));
        }
    }

    /** How long before the read the first write took effect that it missed; 0 if it missed none. */
    private static long staleness(Read read, KeyHistory key) {
        Write missed = key.firstMissed(read.version());
        return missed == null || missed.effective() >= read.start() ? 0 : read.start() - missed.effective();
    }

    private boolean isExcused(Read read) {
        return faults.values().stream().anyMatch(fault -> switch (fault.effect()) {
            case WENT_BACK -> isFelt(fault, read, terms.recovery().toNanos());
            case STOPPED -> fault.hits(read.node()) && isFelt(fault, read, GRANULARITY);
            default -> false;
        });
    }

    /** Whether a read began while a fault was felt, or so long after. */
    private static boolean isFelt(Fault fault, Read read, long after) {
        return fault.from() <= read.start() && read.start() <= fault.to() + after;
    }

    private void add(Promise promise, long at, long staleness, String evidence) {
        violations.add(new Violation(promise, faultBefore(at), staleness, evidence + wording.after(before(at))));
    }

    private String faultBefore(long at) {
        Fault fault = before(at);
        return fault == null ? "none" : fault.kind();
    }

    private @Nullable Fault before(long at) {
        Map.Entry<Long, Fault> fault = faults.floorEntry(at);
        return fault == null ? null : fault.getValue();
    }

    private static <E extends HistoryEvent> List<E> only(List<HistoryEvent> events, Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
