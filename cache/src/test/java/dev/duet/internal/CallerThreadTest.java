package dev.duet.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallerThreadTest {

    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    private final List<Runnable> elsewhere = new CopyOnWriteArrayList<>();
    private final CallerThread caller = new CallerThread(Waiting.blocking(scheduler), elsewhere::add);
    private final CompletableFuture<String> result = new CompletableFuture<>();

    @AfterEach
    void close() {
        scheduler.shutdownNow();
    }

    @Test
    void await_resultIsThere_returnsIt() throws Exception {
        result.complete("there");

        assertThat(caller.await(result)).isEqualTo("there");
    }

    @Test
    void await_failed_throwsTheFailure() {
        IOException broken = new IOException("broken");
        result.completeExceptionally(broken);

        assertThatThrownBy(() -> caller.await(result))
                .isInstanceOf(ExecutionException.class)
                .hasCause(broken);
    }

    @Test
    void await_steps_runOnTheWaitingThreadInOrder() throws Exception {
        List<Thread> threads = new ArrayList<>();
        Thread other = new Thread(() -> {
            caller.execute(() -> threads.add(Thread.currentThread()));
            caller.execute(() -> {
                threads.add(Thread.currentThread());
                result.complete("done");
            });
        });
        other.start();

        assertThat(caller.await(result)).isEqualTo("done");

        assertThat(threads).containsExactly(Thread.currentThread(), Thread.currentThread());
        assertThat(elsewhere).isEmpty();
    }

    @Test
    void await_stepsFromSteps_runOnTheWaitingThread() throws Exception {
        caller.execute(() -> caller.execute(() -> caller.execute(() -> result.complete("deep"))));

        assertThat(caller.await(result)).isEqualTo("deep");
        assertThat(elsewhere).isEmpty();
    }

    @Test
    void await_resultComesFromElsewhere_wakes() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        caller.execute(waits::countDown);
        new Thread(() -> {
                    try {
                        waits.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    result.complete("woken");
                })
                .start();

        assertThat(caller.await(result)).isEqualTo("woken");
    }

    @Test
    void await_stepsLeftWithTheResultThere_areRunBeforeItReturns() throws Exception {
        List<String> ran = new ArrayList<>();
        caller.execute(() -> result.complete("there"));
        caller.execute(() -> ran.add("left"));

        caller.await(result);

        assertThat(ran).containsExactly("left");
        assertThat(elsewhere).isEmpty();
    }

    @Test
    void execute_afterTheCallerLeft_runsElsewhere() throws Exception {
        result.complete("there");
        caller.await(result);

        caller.execute(() -> {});

        assertThat(elsewhere).hasSize(1);
    }

    @Test
    void await_interrupted_leavesTheStepsToOthers() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch waits = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            caller.execute(waits::countDown);
            try {
                caller.await(result);
            } catch (Exception e) {
                thrown.set(e);
            }
        });
        thread.start();
        assertThat(waits.await(10, TimeUnit.SECONDS)).isTrue();

        thread.interrupt();
        thread.join(10_000);

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        caller.execute(() -> {});
        assertThat(elsewhere).hasSize(1);
    }

    @Test
    void await_stepThrows_leavesTheRestToOthers() {
        caller.execute(() -> {
            throw new IllegalStateException("odd");
        });
        caller.execute(() -> {});

        assertThatThrownBy(() -> caller.await(result)).hasMessage("odd");

        assertThat(elsewhere).hasSize(1);
    }

    @Test
    void await_underRaces_losesNoWakeUpAndNoStep() {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 20_000; round++) {
                CompletableFuture<Integer> end = new CompletableFuture<>();
                CallerThread each = new CallerThread(Waiting.blocking(scheduler), Runnable::run);
                CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> 1, pool);
                CompletableFuture<Integer> second = CompletableFuture.supplyAsync(() -> 2, pool);
                CompletableFuture<?> unused = first.thenApplyAsync(one -> one, each)
                        .thenCombineAsync(second, Integer::sum, each)
                        .thenAcceptAsync(end::complete, round % 2 == 0 ? each : pool);

                assertThat(awaitElsewhere(pool, each, end))
                        .succeedsWithin(Duration.ofSeconds(10))
                        .isEqualTo(3);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static CompletableFuture<Integer> awaitElsewhere(
            ExecutorService pool, CallerThread each, CompletableFuture<Integer> end) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return each.await(end);
                    } catch (InterruptedException | ExecutionException e) {
                        throw new AssertionError(e);
                    }
                },
                pool);
    }
}
