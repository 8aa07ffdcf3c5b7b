package dev.duet.hazelcast.internal;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;

/**
 * What a node knows of the heads and the times of the partitions, so that one that was lost starts over above them, whatever
 * the wall clock of the member where it does. Thread-safe.
 */
final class SeenHeads {

    /** What is known of a partition that was never asked. */
    static final HeadReply NOTHING = new HeadReply(0, 0);

    private final LongSupplier nanos;
    private final AtomicReferenceArray<Seen> seen;

    private record Seen(HeadReply reply, long nanos) {}

    SeenHeads(int partitions, LongSupplier nanos) {
        this.seen = new AtomicReferenceArray<>(partitions);
        this.nanos = nanos;
    }

    /** Notes the replies of all partitions. */
    void saw(List<HeadReply> replies) {
        long now = nanos.getAsLong();
        for (int p = 0; p < replies.size(); p++) {
            HeadReply reply = replies.get(p);
            seen.accumulateAndGet(p, new Seen(reply, now), (before, next) -> {
                HeadReply known = before == null ? NOTHING : later(before, now);
                return new Seen(
                        new HeadReply(Math.max(known.head(), reply.head()), Math.max(known.now(), reply.now())), now);
            });
        }
    }

    /** The highest head of a partition that was seen, and its time now, at least. */
    HeadReply of(int partition) {
        Seen known = seen.get(partition);
        return known == null ? NOTHING : later(known, nanos.getAsLong());
    }

    private static HeadReply later(Seen seen, long now) {
        long since = Math.max(0, TimeUnit.NANOSECONDS.toMicros(now - seen.nanos()));
        return new HeadReply(seen.reply().head(), seen.reply().now() + since);
    }
}
