package dev.duet;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Throws what the application's own code threw, as itself, checked or not. */
final class Thrown {

    private Thrown() {}

    /** Throws {@code e}; the return type lets a caller write {@code throw}, so that the compiler sees the end. */
    @SuppressWarnings("unchecked") // erased: nothing is cast
    static <X extends Throwable> RuntimeException asItself(Throwable e) throws X {
        throw (X) e;
    }

    /** What went wrong with a future that has failed. */
    static Throwable of(CompletableFuture<?> failed) {
        return failed.handle((value, failure) -> cause(failure)).join();
    }

    /** What lies under the exceptions that futures wrap around what went wrong. */
    static Throwable cause(Throwable e) {
        Throwable cause = e;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
