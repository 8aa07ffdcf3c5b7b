package dev.duet.redis.internal;

import dev.duet.store.LeaseReply;
import dev.duet.store.Moment;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.Holder;
import dev.duet.store.PendingOperation.PendingReply;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.StoredRecord;
import dev.duet.store.StoredRecord.Pending;
import dev.duet.store.StoredRecord.Value;
import dev.duet.store.WriteReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the replies of scripts, which are flat lists of numbers and bytes, into the replies of operations. */
final class Replies {

    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private Replies() {}

    /** Of a read: head, floor, clock, and the record, which is null if there is none and a number if it is no string. */
    static Reading reading(List<Object> reply) {
        Moment moment = moment(reply);
        Object found = reply.get(3);
        StoredRecord record = found == null ? StoredRecord.ABSENT : record(found);
        return record == null ? new Reading.Missing(moment.head(), true, null) : Reading.of(record, moment);
    }

    private static @Nullable StoredRecord record(@Nullable Object found) {
        return found instanceof byte[] bytes ? RecordText.parse(bytes) : null;
    }

    /**
     * Of a lease: head, floor, clock, the stale value beside it, the head when it was granted, and whether something damaged
     * was replaced; or the reply of a read if it was refused.
     */
    static LeaseReply lease(List<Object> reply) {
        return leased(reply, Reading.Hit::retained);
    }

    /** Of a refresh: as of a lease, with the value that is loaded anew. */
    static LeaseReply refresh(List<Object> reply) {
        return leased(reply, Reading.Hit::of);
    }

    private static LeaseReply leased(List<Object> reply, BiFunction<Value, Moment, Reading.Hit> seen) {
        if (reply.size() == 4) {
            return new LeaseReply.Refused(reading(reply));
        }
        Reading.Hit previous = record(reply.get(3)) instanceof Value value ? seen.apply(value, moment(reply)) : null;
        return new LeaseReply.Granted(number(reply, 4), flag(reply, 5), previous);
    }

    /** Of an operation that may store a value: version, whether it did, and the clock. */
    static WriteReply write(List<Object> reply) {
        boolean stored = flag(reply, 1);
        return new WriteReply(number(reply, 0), stored, stored ? number(reply, 2) : 0);
    }

    /** Of a put: as above, and whether it was late. */
    static WriteReply put(List<Object> reply) {
        boolean stored = flag(reply, 1);
        return new WriteReply(number(reply, 0), stored, stored ? number(reply, 2) : 0, flag(reply, 3));
    }

    /**
     * Of what stores a pending write: version, whether it was accepted, whether it took the place of another, the clock, and
     * whether it was late.
     */
    static PendingReply enqueued(List<Object> reply) {
        boolean accepted = flag(reply, 1);
        return new PendingReply(
                number(reply, 0), accepted, flag(reply, 2), accepted ? number(reply, 3) : 0, flag(reply, 4));
    }

    /**
     * Of a claim: whether it is granted, how many are pending, parked and lost; then keys and records, or who else has the lease
     * and for how long.
     */
    static Claim claim(List<Object> reply, String cache, int partition) {
        if (!flag(reply, 0)) {
            Holder holder = reply.size() == 4 ? null : new Holder(text(reply.subList(4, 5)), number(reply, 5));
            return new Claim(false, number(reply, 1), number(reply, 2), number(reply, 3), List.of(), holder);
        }
        List<Object> found = reply.subList(4, reply.size());
        List<PendingWrite> due = writes(found, cache, partition);
        long lost = number(reply, 3) + found.size() / 2 - due.size();
        return new Claim(true, number(reply, 1), number(reply, 2), lost, due);
    }

    /** Of a list of parked writes: how many were lost; then keys and records. */
    static List<PendingWrite> parked(List<Object> reply, String cache, int partition) {
        List<Object> found = reply.subList(1, reply.size());
        List<PendingWrite> parked = writes(found, cache, partition);
        long lost = number(reply, 0) + found.size() / 2 - parked.size();
        if (lost > 0) {
            LOG.error("Lost {} parked writes of cache {} in partition {}: damaged, or gone", lost, cache, partition);
        }
        return parked;
    }

    /** Those of which the record can be read. */
    private static List<PendingWrite> writes(List<Object> found, String cache, int partition) {
        List<PendingWrite> writes = new ArrayList<>(found.size() / 2);
        for (int i = 0; i < found.size(); i += 2) {
            String key = new String((byte[]) found.get(i), StandardCharsets.UTF_8);
            if (record(found.get(i + 1)) instanceof Pending pending) {
                writes.add(PendingWrite.of(new RecordKey(partition, cache, key), pending));
            }
        }
        return writes;
    }

    /** Of an operation that replies a version alone. */
    static Long version(List<Object> reply) {
        return number(reply, 0);
    }

    /** Of an operation that replies yes or no. */
    static Boolean yes(List<Object> reply) {
        return flag(reply, 0);
    }

    /** Of a script that replies a text alone. */
    static String text(List<?> reply) {
        return new String((byte[]) reply.get(0), StandardCharsets.UTF_8);
    }

    /** Of a join: the id of the server's run, its major version, and its clock. */
    static ServerRuns.Joined joined(List<Object> reply) {
        return new ServerRuns.Joined(new ServerRuns.Run(text(reply), text(reply.subList(1, 2))), number(reply, 2));
    }

    private static Moment moment(List<Object> reply) {
        return new Moment(number(reply, 2), number(reply, 0), number(reply, 1));
    }

    private static long number(List<Object> reply, int place) {
        return (Long) reply.get(place);
    }

    private static boolean flag(List<Object> reply, int place) {
        return number(reply, place) == 1;
    }
}
