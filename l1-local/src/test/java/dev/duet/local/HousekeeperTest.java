package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HousekeeperTest {

    private final Housekeeper housekeeper = Housekeeper.start();

    @AfterEach
    void close() {
        housekeeper.close();
    }

    private Thread thread() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        housekeeper.execute(() -> thread.complete(Thread.currentThread()));
        return thread.get(10, TimeUnit.SECONDS);
    }

    @Test
    void execute_tasks_runInTheirOrderOnADaemon() throws Exception {
        List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            housekeeper.execute(() -> ran.add(number));
        }
        Thread thread = thread();

        assertThat(ran).hasSize(1_000).isSorted();
        assertThat(thread.getName()).isEqualTo("duet-housekeeper");
        assertThat(thread.isDaemon()).isTrue();
    }

    @Test
    void execute_asleep_wakes() throws Exception {
        Thread thread = thread();
        for (int round = 0; round < 20; round++) {
            await().until(() -> thread.getState() == Thread.State.WAITING);
            assertThat(thread()).isSameAs(thread);
        }
    }

    /** Notes that get in right after the housekeeper has looked in vain for the nth time, too soon for it to be asleep. */
    private static final class LateNotes extends ConcurrentLinkedQueue<Runnable> {
        private static final long serialVersionUID = 1;

        private final transient Runnable late;
        private int left;

        LateNotes(int looks, Runnable late) {
            this.left = looks;
            this.late = late;
        }

        @Override
        public Runnable poll() {
            Runnable note = super.poll();
            if (note == null && --left == 0) {
                late.run();
            }
            return note;
        }
    }

    @Test
    void execute_whileItFallsAsleep_isNotLeft() throws Exception {
        for (int looks = 1; looks <= Housekeeper.PATIENCE; looks++) {
            CountDownLatch done = new CountDownLatch(1);
            AtomicReference<Housekeeper> falling = new AtomicReference<>();
            falling.set(new Housekeeper(new LateNotes(looks, () -> falling.get().execute(done::countDown))));
            falling.get().begin();
            assertThat(done.await(10, TimeUnit.SECONDS))
                    .as("after %d looks", looks)
                    .isTrue();
            falling.get().close();
        }
    }

    @Test
    void close_whileItIsAsked_leavesNothing() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<Housekeeper> closing = new AtomicReference<>();
        closing.set(new Housekeeper(new LateNotes(3, () -> {
            closing.get().execute(done::countDown);
            closing.get().close();
        })));
        closing.get().begin();

        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void execute_interrupted_goesOnWaiting() throws Exception {
        Thread thread = thread();
        thread.interrupt();

        await().until(() -> thread.getState() == Thread.State.WAITING && !thread.isInterrupted());
        assertThat(thread()).isSameAs(thread);
    }

    @Test
    void execute_taskThrows_isReportedAndTheNextRuns() throws Exception {
        CompletableFuture<Throwable> reported = new CompletableFuture<>();
        thread().setUncaughtExceptionHandler((thread, failure) -> reported.complete(failure));
        IllegalStateException failure = new IllegalStateException("on purpose");

        housekeeper.execute(() -> {
            throw failure;
        });

        assertThat(reported.get(10, TimeUnit.SECONDS)).isSameAs(failure);
        assertThat(thread()).isNotNull();
    }

    @Test
    void execute_closed_runsOnTheCaller() throws Exception {
        Thread thread = thread();
        housekeeper.close();
        thread.join();

        assertThat(thread()).isSameAs(Thread.currentThread());
    }

    @Test
    void close_tasksLeft_areRun() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        CompletableFuture<Void> last = new CompletableFuture<>();
        housekeeper.execute(() -> {
            try {
                closed.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        housekeeper.execute(() -> last.complete(null));
        housekeeper.close();
        closed.countDown();

        last.get(10, TimeUnit.SECONDS);
    }
}
