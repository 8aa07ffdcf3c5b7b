package dev.duet;

import dev.duet.internal.InTurn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A read of many keys, in parts: what one part takes of leases, timeouts and memory has gone before the next one begins. A
 * part in which some keys fail does not end the read, since each key fails for itself; one in which all of them do, or a
 * reader has waited for as long as it may, does. Used by one step at a time.
 */
final class ReadAll<K, V> {

    private static final int MOST_NAMED = 8;

    private static final Logger LOG = LoggerFactory.getLogger(ReadAll.class);

    private final String cache;
    private final ReadCall call;
    private final Function<List<K>, Map<K, CompletableFuture<Answer<V>>>> answers;
    private final Map<K, V> values = new LinkedHashMap<>();
    private final List<Throwable> failures = new ArrayList<>(0);
    private boolean ended;

    /**
     * A read.
     *
     * @param cache the cache's name
     * @param answers reads the keys of a part
     */
    ReadAll(String cache, ReadCall call, Function<List<K>, Map<K, CompletableFuture<Answer<V>>>> answers) {
        this.cache = cache;
        this.call = call;
        this.answers = answers;
    }

    /** Reads the keys; those without a value are left out. */
    CompletableFuture<Map<K, V>> of(Collection<? extends K> keys) {
        Iterator<List<K>> parts = Parts.ofKeys(new ArrayList<>(new LinkedHashSet<K>(keys)));
        return InTurn.each(InTurn.until(() -> ended, parts), this::read, call.steps())
                .thenApply(end -> {
                    if (!failures.isEmpty()) {
                        throw failed();
                    }
                    return values;
                });
    }

    private CompletableFuture<?> read(List<K> part) {
        Map<K, CompletableFuture<Answer<V>>> read = answers.apply(part);
        return allOf(read.values()).handle((done, failure) -> {
            read.forEach(this::take);
            ended |= call.isOver() || isFruitless(read.values());
            return null;
        });
    }

    private void take(K key, CompletableFuture<Answer<V>> answer) {
        try {
            V value = answer.join().value();
            if (value != null) {
                values.put(key, value);
            }
        } catch (CompletionException e) {
            Throwable cause = Thrown.cause(e);
            ended |= cause instanceof LoadTimeoutException;
            if (failures.size() <= MOST_NAMED) {
                failures.add(cause);
            }
        }
    }

    private static boolean isFruitless(Collection<? extends CompletableFuture<?>> answers) {
        return answers.stream().allMatch(CompletableFuture::isCompletedExceptionally);
    }

    static CompletableFuture<?> allOf(Collection<? extends CompletableFuture<?>> all) {
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
    }

    /** Throws the first failure as itself. Others may be getting the same one, so it is left as it is: the rest is logged. */
    @SuppressWarnings("ReferenceEquality") // one failure may come to several keys
    private CompletionException failed() {
        Throwable first = failures.get(0);
        List<String> others = failures.stream()
                .filter(failure -> failure != first)
                .map(Throwable::toString)
                .toList();
        if (!others.isEmpty()) {
            LOG.warn("Reading many keys of cache '{}' throws {}; other keys failed with {}", cache, first, others);
        }
        return new CompletionException(first);
    }
}
