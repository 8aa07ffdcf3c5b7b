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
import org.jspecify.annotations.Nullable;

/**
 * A read of many keys, in parts: what one part takes of leases, timeouts and memory has gone before the next one begins. A
 * part in which some keys fail does not end the read, since each key fails for itself; one in which all of them do, or a
 * reader has waited for as long as it may, does. Used by one step at a time.
 */
final class ReadAll<K, V> {

    private static final int MOST_SUPPRESSED = 8;

    private final ReadCall call;
    private final Function<List<K>, Map<K, CompletableFuture<Answer<V>>>> answers;
    private final Map<K, V> values = new LinkedHashMap<>();
    private final List<Throwable> failures = new ArrayList<>(0);
    private boolean ended;

    /**
     * A read.
     *
     * @param answers reads the keys of a part
     */
    ReadAll(ReadCall call, Function<List<K>, Map<K, CompletableFuture<Answer<V>>>> answers) {
        this.call = call;
        this.answers = answers;
    }

    /** Reads the keys; those without a value are left out. */
    CompletableFuture<Map<K, V>> of(Collection<? extends K> keys) {
        Iterator<List<K>> parts = Parts.ofKeys(new ArrayList<>(new LinkedHashSet<K>(keys)));
        return InTurn.each(InTurn.until(() -> ended, parts), this::read, call.steps())
                .thenApply(end -> {
                    if (!failures.isEmpty()) {
                        throw first(failures);
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
            if (failures.size() <= MOST_SUPPRESSED) {
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

    /** The first failure, with some of the others that differ beside it. */
    @SuppressWarnings("ReferenceEquality") // one failure may come to several keys
    static CompletionException first(Collection<? extends @Nullable Throwable> failures) {
        Throwable first = null;
        for (Throwable failure : failures) {
            if (first == null) {
                first = failure;
            } else if (failure != null && first != failure && first.getSuppressed().length < MOST_SUPPRESSED) {
                first.addSuppressed(failure);
            }
        }
        return new CompletionException(first);
    }
}
