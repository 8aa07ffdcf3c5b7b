package dev.duet;

/** Throws what the application's own code threw, as itself, checked or not. */
final class Thrown {

    private Thrown() {}

    /** Throws {@code e}; the return type lets a caller write {@code throw}, so that the compiler sees the end. */
    @SuppressWarnings("unchecked") // erased: nothing is cast
    static <X extends Throwable> RuntimeException asItself(Throwable e) throws X {
        throw (X) e;
    }
}
