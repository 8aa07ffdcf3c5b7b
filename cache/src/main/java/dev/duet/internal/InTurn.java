package dev.duet.internal;

import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Steps that are taken one after the other, each when the one before has ended; however many, on a stack of the same height. */
public final class InTurn {

    private InTurn() {}

    /**
     * Takes a step for each element.
     *
     * @param step begins a step; one that fails is the last one
     * @param executor runs the steps that do not follow at once
     * @return completes when there are no more, or fails as a step did
     */
    public static <T> CompletableFuture<Void> each(
            Iterator<T> elements, Function<? super T, CompletableFuture<?>> step, Executor executor) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        go(elements, step, executor, end);
        return end;
    }

    /** The elements that are left, until something has ended. */
    public static <T> Iterator<T> until(BooleanSupplier ended, Iterator<T> elements) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !ended.getAsBoolean() && elements.hasNext();
            }

            @Override
            public T next() {
                return elements.next();
            }
        };
    }

    private static <T> void go(
            Iterator<T> elements,
            Function<? super T, CompletableFuture<?>> step,
            Executor executor,
            CompletableFuture<Void> end) {
        try {
            while (elements.hasNext()) {
                CompletableFuture<?> current = step.apply(elements.next());
                if (!current.isDone()) {
                    CompletableFuture<?> unused = current.whenCompleteAsync(
                            (result, failure) -> {
                                if (failure == null) {
                                    go(elements, step, executor, end);
                                } else {
                                    end.completeExceptionally(cause(failure));
                                }
                            },
                            executor);
                    return;
                }
                current.join();
            }
            end.complete(null);
        } catch (Throwable e) { // whatever it is, nobody is to wait for ever
            end.completeExceptionally(cause(e));
        }
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
