package dev.duet.redis.internal;

import dev.duet.store.Content;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.RecordKey;
import dev.duet.store.StoredRecord.Value;
import dev.duet.store.Window;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The call of a script that carries out an operation.
 *
 * @param script the script
 * @param arguments its arguments, as bytes, in the order that its first lines state
 * @param reply reads its reply
 * @param <R> the type of the operation's reply
 */
@SuppressWarnings("ArrayRecordComponent") // handed to the client as they are, and compared nowhere
record Call<R>(Script script, Object[] arguments, Function<List<Object>, R> reply) {

    /**
     * The call for an operation.
     *
     * @param channel the channel on which changes and hints are published
     * @param origin the node that makes the change
     */
    @SuppressWarnings("unchecked") // each operation has the reply that its own type states
    static <R> Call<R> of(Operation<R> operation, RecordKey key, String channel, String origin) {
        if (operation instanceof Operation.Read) {
            return (Call<R>) new Call<>(Script.READ, new Object[] {bytes(key.cache())}, Replies::reading);
        }
        if (operation instanceof Operation.Lease lease) {
            Object[] arguments = quiet(key, lease.token(), lease.term(), lease.discard());
            return (Call<R>) new Call<>(Script.LEASE, arguments, Replies::lease);
        }
        if (operation instanceof Operation.Refresh refresh) {
            Object[] arguments = quiet(key, refresh.token(), refresh.term(), refresh.writtenAt());
            return (Call<R>) new Call<>(Script.REFRESH, arguments, Replies::refresh);
        }
        if (operation instanceof Operation.Fill fill) {
            Object[] arguments = with(fill.content(), hinting(key, channel, false, fill.token(), fill.granted()));
            return (Call<R>) new Call<>(Script.FILL, arguments, Replies::write);
        }
        if (operation instanceof Operation.Release release) {
            Object[] arguments = hinting(key, channel, true, release.token(), release.pause());
            return (Call<R>) new Call<>(Script.RELEASE, arguments, Replies::yes);
        }
        if (operation instanceof Operation.Renew renew) {
            return (Call<R>) new Call<>(Script.RENEW, quiet(key, renew.token(), renew.term()), Replies::yes);
        }
        if (operation instanceof PendingOperation.Flushed flushed) {
            Object[] arguments = quiet(key, key.key(), flushed.version(), flushed.late() ? 1 : 0);
            return (Call<R>) new Call<>(Script.FLUSHED, arguments, Replies::yes);
        }
        if (operation instanceof PendingOperation.Failed failed) {
            Object[] arguments = {
                bytes(key.key()),
                bytes(failed.version()),
                bytes(failed.attempts()),
                bytes(failed.pause()),
                bytes(failed.failure())
            };
            return (Call<R>) new Call<>(Script.FAILED, arguments, Replies::yes);
        }
        if (operation instanceof PendingOperation.Requeue) {
            return (Call<R>) new Call<>(Script.REQUEUE, new Object[] {bytes(key.key())}, Replies::yes);
        }
        return (Call<R>) change(operation, key, channel, origin);
    }

    private static Call<?> change(Operation<?> operation, RecordKey key, String channel, String origin) {
        Object[] start = {
            bytes(channel), bytes(ChangeText.before(false, key.partition())), bytes(ChangeText.after(origin, key))
        };
        if (operation instanceof Operation.Put put) {
            return new Call<>(Script.PUT, within(put.window(), with(put.content(), start)), Replies::put);
        }
        if (operation instanceof Operation.Invalidate) {
            return new Call<>(Script.INVALIDATE, start, Replies::version);
        }
        if (operation instanceof Operation.Begin begin) {
            return new Call<>(
                    Script.BEGIN, append(start, begin.token(), begin.term(), begin.again() ? 1 : 0), Replies::version);
        }
        if (operation instanceof Operation.Complete complete) {
            Object[] arguments =
                    with(complete.content(), append(start, complete.token(), key.cache(), complete.announced()));
            return new Call<>(Script.COMPLETE, arguments, Replies::write);
        }
        if (operation instanceof PendingOperation.Enqueue enqueue) {
            Object[] arguments = with(enqueue.content(), append(start, key.key(), enqueue.grows() ? 1 : 0));
            return new Call<>(Script.ENQUEUE, within(enqueue.window(), arguments), Replies::enqueued);
        }
        throw new IllegalArgumentException(
                "unknown operation " + operation.getClass().getName());
    }

    /** The call that invalidates a whole cache in a partition. */
    static Call<Long> invalidateAll(String cache, int partition, String channel, String origin) {
        Object[] arguments = {
            bytes(channel),
            bytes(ChangeText.before(true, partition)),
            bytes(ChangeText.after(origin, cache)),
            bytes(cache)
        };
        return new Call<>(Script.INVALIDATE_ALL, arguments, Replies::version);
    }

    /**
     * The call that claims what is pending of a cache in a partition.
     *
     * @param records what the names of the cache's records begin with
     * @param over the holding that is taken over, if any
     */
    static Call<Claim> claim(
            String cache, int partition, String records, String flusher, long term, int most, @Nullable String over) {
        Object[] arguments = {bytes(records), bytes(flusher), bytes(term), bytes(most), bytes(over == null ? "" : over)
        };
        return new Call<>(Script.CLAIM, arguments, reply -> Replies.claim(reply, cache, partition));
    }

    /** The call that lists what is parked of a cache in a partition. */
    static Call<List<PendingWrite>> parked(String cache, int partition, String records, int most) {
        Object[] arguments = {bytes(records), bytes(most)};
        return new Call<>(Script.PARKED, arguments, reply -> Replies.parked(reply, cache, partition));
    }

    /** The call that starts a partition over. */
    static Call<Long> startOver(long seen, long above) {
        return new Call<>(Script.START_OVER, new Object[] {bytes(seen), bytes(above)}, Replies::version);
    }

    /** The call that joins a partition with its server, and replies the server's run. */
    static Call<ServerRuns.Joined> joinServer(long above) {
        return new Call<>(Script.JOIN_SERVER, new Object[] {bytes(above)}, Replies::joined);
    }

    private static Object[] quiet(RecordKey key, Object... arguments) {
        return append(new Object[] {bytes(key.cache())}, arguments);
    }

    private static Object[] hinting(RecordKey key, String channel, boolean failed, Object... arguments) {
        return append(
                new Object[] {bytes(key.cache()), bytes(channel), bytes(ChangeText.hint(key, failed))}, arguments);
    }

    private static Object[] with(@Nullable Content content, Object[] start) {
        if (content == null) {
            return start;
        }
        long cost = Math.min(content.cost(), Value.NEVER);
        return append(
                start,
                content.life(),
                content.retention(),
                cost,
                content.payload().bytes());
    }

    private static Object[] within(Window window, Object[] start) {
        return append(start, window.from(), window.until());
    }

    private static Object[] append(Object[] start, Object... more) {
        Object[] all = new Object[start.length + more.length];
        System.arraycopy(start, 0, all, 0, start.length);
        for (int i = 0; i < more.length; i++) {
            all[start.length + i] = more[i] instanceof byte[] ? more[i] : bytes(more[i]);
        }
        return all;
    }

    private static byte[] bytes(Object text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
