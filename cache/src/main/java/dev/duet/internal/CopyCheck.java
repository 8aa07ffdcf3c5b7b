package dev.duet.internal;

import dev.duet.internal.CopyComparison.Difference;
import dev.duet.store.codec.ValueCodec;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the values of one cache with what its codec makes of them: the node that loads a value has its own object, and
 * every other node has such a copy (anomaly A53). The first {@value #FIRST} values are compared, and after those the 32nd,
 * the 64th and so on, until one differs; of that a warning tells, once. Thread-safe.
 *
 * @param <V> the type of the values
 */
final class CopyCheck<V> {

    private static final Logger LOG = LoggerFactory.getLogger(CopyCheck.class);
    private static final int FIRST = 16;

    private final ValueCodec<V> codec;
    private final String type;
    private final String cache;
    private final AtomicLong values = new AtomicLong();
    private volatile boolean readable;
    private volatile boolean warned;

    CopyCheck(ValueCodec<V> codec, String type, String cache) {
        this.codec = codec;
        this.type = type;
        this.cache = cache;
    }

    /** Looks at a value and its bytes. Throws what the codec does if it cannot read them, until it could do so once. */
    void check(V value, byte[] body) {
        if (!readable) {
            V copy = codec.decode(body);
            readable = true;
            values.incrementAndGet();
            compare(value, copy);
        } else if (!warned && isCompared(values.incrementAndGet())) {
            V copy;
            try {
                copy = codec.decode(body);
            } catch (RuntimeException | LinkageError e) {
                warn(new Difference("", "a value", "cannot be read: " + e));
                return;
            }
            compare(value, copy);
        }
    }

    private static boolean isCompared(long number) {
        return number <= FIRST || Long.bitCount(number) == 1;
    }

    private void compare(V value, V copy) {
        Difference difference;
        try {
            difference = CopyComparison.between(value, copy);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            LOG.debug("A value of cache '{}' could not be compared with its copy", cache, e);
            return;
        }
        if (difference != null) {
            warn(difference);
        }
    }

    private synchronized void warn(Difference difference) {
        if (warned) {
            return;
        }
        warned = true;
        LOG.warn(
                "A value of cache '{}' is not the same on other nodes: {} is {} where it was loaded or put, and {} after"
                        + " {} has written it as {} and read it back; change the type so that it comes back as it was,"
                        + " or set codec(…) for this cache; said once for each cache",
                cache,
                difference.path().isEmpty() ? "the value itself" : '\'' + difference.path() + '\'',
                difference.value(),
                difference.copy(),
                codec.format(),
                type);
    }
}
