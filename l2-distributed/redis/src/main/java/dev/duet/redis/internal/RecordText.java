package dev.duet.redis.internal;

import dev.duet.store.Payload;
import dev.duet.store.StoredRecord;
import dev.duet.store.StoredRecord.Intent;
import dev.duet.store.StoredRecord.Leased;
import dev.duet.store.StoredRecord.Pending;
import dev.duet.store.StoredRecord.Refresher;
import dev.duet.store.StoredRecord.Term;
import dev.duet.store.StoredRecord.Value;
import dev.duet.store.StoredRecord.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads records as they lie in Redis: a line of text that one can read, then the payload as it is.
 *
 * <pre>
 * V version writtenAt expiresAt retainedUntil retryAt cost refresher size ⏎ payload
 * L token head until:length awaited ⏎ the stale value that it is to replace, as above, or nothing
 * I contended head token:until:length,token:until:length ⏎ the old value, as above, or nothing
 * P dueAt pause attempts size ⏎ why it failed, in so many bytes, and right after that the value, as above
 * </pre>
 *
 * <p>The refresher of a value is {@code token:head:until:length}, or {@code -} if there is none. The size is {@code -} of a pending
 * write that did not fail.
 *
 * <p>The scripts write them. They parse as much of them as they need to decide, and leave the reading to this.
 */
final class RecordText {

    private static final long BAD = -1;

    private final byte[] bytes;
    private int at;

    private RecordText(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The record that {@code bytes} say, or null if they say none or are damaged. */
    static @Nullable StoredRecord parse(byte[] bytes) {
        if (bytes.length < 2 || bytes[1] != ' ') {
            return null;
        }
        RecordText text = new RecordText(bytes);
        return switch (bytes[0]) {
            case 'V' -> text.value();
            case 'L' -> text.lease();
            case 'I' -> text.intent();
            case 'P' -> text.pending();
            default -> null;
        };
    }

    private @Nullable Value value() {
        at += 2;
        long version = number(' ');
        long writtenAt = number(' ');
        long expiresAt = number(' ');
        long retainedUntil = number(' ');
        long retryAt = number(' ');
        long cost = number(' ');
        boolean nobody = at + 1 < bytes.length && bytes[at] == '-' && bytes[at + 1] == ' ';
        Refresher refresher = nobody ? null : refresher();
        at += nobody ? 2 : 0;
        long size = number('\n');
        if (version == BAD
                || writtenAt == BAD
                || expiresAt == BAD
                || retainedUntil == BAD
                || retryAt == BAD
                || cost == BAD
                || (refresher == null && !nobody)
                || size != bytes.length - at) {
            return null;
        }
        Payload payload = Payload.of(Arrays.copyOfRange(bytes, at, bytes.length));
        return new Value(version, writtenAt, expiresAt, retainedUntil, retryAt, cost, payload, refresher);
    }

    private @Nullable Refresher refresher() {
        String token = word(':');
        long head = number(':');
        Term term = term(' ');
        return token == null || token.isEmpty() || head == BAD || term == null
                ? null
                : new Refresher(token, head, term);
    }

    private @Nullable Leased lease() {
        at += 2;
        String token = word(' ');
        long head = number(' ');
        Term term = term(' ');
        long awaited = number('\n');
        if (token == null || head == BAD || term == null || awaited == BAD || awaited > 1) {
            return null;
        }
        if (at == bytes.length) {
            return new Leased(token, head, term, awaited == 1, null);
        }
        Value retained = startsValue() ? value() : null;
        return retained == null ? null : new Leased(token, head, term, awaited == 1, retained);
    }

    private @Nullable Intent intent() {
        at += 2;
        String contended = word(' ');
        long head = number(' ');
        String list = word('\n');
        if (contended == null || head == BAD || list == null || (!contended.equals("0") && !contended.equals("1"))) {
            return null;
        }
        List<Writer> writers = new ArrayList<>();
        for (String item : list.split(",", -1)) {
            int colon = item.indexOf(':');
            Term term =
                    colon < 1 ? null : new RecordText((item + '\n').getBytes(StandardCharsets.UTF_8)).from(colon + 1);
            if (term == null) {
                return null;
            }
            writers.add(new Writer(item.substring(0, colon), term));
        }
        return new Intent(writers, head, contended.equals("1"), startsValue() ? value() : null);
    }

    private @Nullable Pending pending() {
        at += 2;
        long dueAt = number(' ');
        long pause = number(' ');
        long attempts = number(' ');
        boolean untried = at + 1 < bytes.length && bytes[at] == '-' && bytes[at + 1] == '\n';
        long size = untried ? 0 : number('\n');
        at += untried ? 2 : 0;
        if (dueAt == BAD
                || pause == BAD
                || attempts == BAD
                || attempts > Integer.MAX_VALUE
                || size == BAD
                || size > bytes.length - at) {
            return null;
        }
        String failure = untried ? null : new String(bytes, at, (int) size, StandardCharsets.UTF_8);
        at += (int) size;
        Value value = startsValue() ? value() : null;
        return value == null ? null : new Pending(value, dueAt, pause, (int) attempts, failure);
    }

    private boolean startsValue() {
        return at + 1 < bytes.length && bytes[at] == 'V' && bytes[at + 1] == ' ';
    }

    private @Nullable Term from(int start) {
        at = start;
        return term('\n');
    }

    private @Nullable Term term(char end) {
        long until = number(':');
        long length = number(end);
        return until == BAD || length == BAD ? null : new Term(until, length);
    }

    /** The whole number up to {@code end}, at most 2^53 - 1 as the scripts can have no other; or {@link #BAD}. */
    private long number(char end) {
        long number = 0;
        int start = at;
        for (; at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            number = number * 10 + (bytes[at] - '0');
            if (number > Value.NEVER) {
                return BAD;
            }
        }
        return at > start && at < bytes.length && bytes[at++] == end ? number : BAD;
    }

    /** The text up to {@code end}, or null if that does not come. */
    private @Nullable String word(char end) {
        for (int i = at; i < bytes.length; i++) {
            if (bytes[i] == end) {
                String word = new String(bytes, at, i - at, StandardCharsets.UTF_8);
                at = i + 1;
                return word;
            }
        }
        return null;
    }
}
