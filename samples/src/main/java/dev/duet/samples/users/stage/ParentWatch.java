package dev.duet.samples.users.stage;

import java.time.Duration;

/**
 * Ends this JVM when the process that started it has ended. For a JVM whose standard input is the terminal, or nothing,
 * so that a {@link Lifeline} cannot tell.
 */
public final class ParentWatch {

    private static final Duration PERIOD = Duration.ofMillis(500);

    private ParentWatch() {}

    /** Begins to watch, if the parent can be seen. */
    public static void start() {
        ProcessHandle.current().parent().ifPresent(parent -> {
            Thread watch = new Thread(() -> watch(parent), "parent-watch");
            watch.setDaemon(true);
            watch.start();
        });
    }

    private static void watch(ProcessHandle parent) {
        try {
            while (parent.isAlive()) {
                Thread.sleep(PERIOD.toMillis());
            }
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
