package dev.duet.redis.internal;

import dev.duet.store.LeaseReply;
import dev.duet.store.Moment;
import dev.duet.store.Reading;
import dev.duet.store.StoredRecord;
import dev.duet.store.StoredRecord.Value;
import dev.duet.store.WriteReply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Turns the replies of scripts, which are flat lists of numbers and bytes, into the replies of operations. */
final class Replies {

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
