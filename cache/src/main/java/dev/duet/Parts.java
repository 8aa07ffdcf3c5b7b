package dev.duet;

import dev.duet.store.Content;
import dev.duet.store.Namespace.Request;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what is asked for together into parts, of which each keeps within its limits: the term of its leases, the time that the
 * store has to answer, and memory (anomaly A55).
 */
final class Parts {

    /** How many keys are loaded or written as one part. */
    static final int WHOLE = 10_000;

    /** How many keys a part of more than that has at most; and how many operations are sent to the store together. */
    static final int MOST = 2_000;

    /** How many keys are so few that they need not wait for their turn. */
    static final int FEW = 128;

    /** How many bytes of values a part has at most, unless it is a single one. */
    static final long BYTES = 4 << 20;

    private Parts() {}

    /** Whether requests are so few, and so small, that they are to be sent at once. */
    static boolean areFew(List<? extends Request<?>> requests) {
        return requests.size() <= FEW && end(requests, 0, FEW) == requests.size();
    }

    /**
     * Parts of requests, in their order.
     *
     * @param most how many a part has at most that is cut now
     */
    static <R> Iterator<List<Request<R>>> of(List<Request<R>> requests, IntSupplier most) {
        return new Cut<>(requests) {
            @Override
            int end(int from) {
                return Parts.end(requests, from, most.getAsInt());
            }
        };
    }

    /** Parts of keys, in their order. */
    static <K> Iterator<List<K>> ofKeys(List<K> keys) {
        return cut(keys, mostOf(keys.size()));
    }

    private static <K> Iterator<List<K>> cut(List<K> keys, int most) {
        return new Cut<>(keys) {
            @Override
            int end(int from) {
                return Math.min(keys.size(), from + most);
            }
        };
    }

    /** Parts of keys to be announced, in their order: their intents have to be renewed soon. */
    static <K> Iterator<List<K>> ofIntents(List<K> keys) {
        return cut(keys, MOST);
    }

    /** Whether so many keys are one part. */
    static boolean isOne(int keys) {
        return keys <= WHOLE;
    }

    private static int mostOf(int keys) {
        return isOne(keys) ? WHOLE : MOST;
    }

    private static int end(List<? extends Request<?>> requests, int from, int most) {
        long bytes = 0;
        int end = from;
        while (end < requests.size() && end < from + most) {
            Content content = content(requests.get(end).operation());
            bytes += content == null ? 0 : content.payload().size();
            if (bytes > BYTES && end > from) {
                break;
            }
            end++;
        }
        return end;
    }

    private static @Nullable Content content(Operation<?> operation) {
        if (operation instanceof Operation.Fill fill) {
            return fill.content();
        }
        if (operation instanceof Operation.Put put) {
            return put.content();
        }
        if (operation instanceof Operation.Complete complete) {
            return complete.content();
        }
        return operation instanceof PendingOperation.Enqueue enqueue ? enqueue.content() : null;
    }

    /** The parts of a list. */
    private abstract static class Cut<T> implements Iterator<List<T>> {
        private final List<T> all;
        private int from;

        Cut(List<T> all) {
            this.all = all;
        }

        /** Where the part ends that begins there. */
        abstract int end(int begin);

        @Override
        public boolean hasNext() {
            return from < all.size();
        }

        @Override
        public List<T> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int begin = from;
            from = end(begin);
            return all.subList(begin, from);
        }
    }
}
