package dev.duet.benchmarks.speed;

import java.util.List;

/**
 * A system that takes part in a suite.
 *
 * @param system what results call it
 * @param baseline the system of the suite that it is compared to; itself, for a baseline
 * @param opener sets it up, in the JVM in which it is measured, filled and checked
 * @param <T> what it is asked to do
 */
record Contender<T>(String system, String baseline, Opener<T> opener) {

    /** Sets a system up. */
    interface Opener<T> {

        /** Opens it; it is the caller's to close. */
        T open() throws Exception;
    }

    /** Opens one of several by its name. */
    static <T> T open(List<Contender<T>> contenders, String system) throws Exception {
        for (Contender<T> contender : contenders) {
            if (contender.system.equals(system)) {
                return contender.opener.open();
            }
        }
        throw new IllegalArgumentException("no such system: " + system);
    }
}
