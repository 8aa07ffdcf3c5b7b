package dev.duet.samples.users.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * Ties the life of this process to that of the one that started it. The other end of a pipe is closed by the system
 * however its process dies, {@code kill -9} included. Thread-safe.
 */
public final class Lifeline {

    private static final Duration GRACE = Duration.ofSeconds(3);

    private final CountDownLatch end = new CountDownLatch(1);

    private Lifeline() {}

    /** Watches standard input. Once it ends, this process has three seconds to end in an orderly way. */
    public static Lifeline onStandardInput() {
        Lifeline lifeline = new Lifeline();
        Thread watch = new Thread(() -> lifeline.watch(System.in), "lifeline");
        watch.setDaemon(true);
        watch.start();
        return lifeline;
    }

    /** Waits until the other process has let go, or is dead. */
    public void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(InputStream input) {
        try {
            input.transferTo(OutputStream.nullOutputStream());
        } catch (IOException broken) {
            // as good as its end
        }
        end.countDown();
        try {
            Thread.sleep(GRACE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }
}
