package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.internal.WillingExecutor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What the node's own pool does for the executor of the application, and when. */
class WillingExecutorTest {

    private final AtomicLong nanos = new AtomicLong();
    private final FakeScheduler scheduler = new FakeScheduler(nanos::get);
    private final Queue<Runnable> given = new ArrayDeque<>();
    private final Queue<Runnable> own = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private final WillingExecutor executor = new WillingExecutor(given::add, own::add, scheduler);

    private void advance(long millis) {
        for (long i = 0; i < millis; i++) {
            nanos.addAndGet(1_000_000);
            scheduler.runDue();
        }
    }

    private static void runAll(Queue<Runnable> tasks) {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void prompt_notBegunFor10Millis_isLeftToThePoolOnce() {
        executor.prompt().execute(() -> ran.add("a"));
        advance(9);
        assertThat(own).isEmpty();

        advance(1);
        runAll(own);
        runAll(given);

        assertThat(ran).containsExactly("a");
    }

    @Test
    void prompt_begun_leavesNoTimerBehind() {
        executor.prompt().execute(() -> ran.add("a"));
        runAll(given);

        assertThat(ran).containsExactly("a");
        assertThat(scheduler.nextDue()).isEqualTo(Long.MAX_VALUE);
        advance(20);
        assertThat(own).isEmpty();
    }

    @Test
    void execute_executorGoesOn_isLeftToTheExecutor() {
        for (int i = 0; i < 20; i++) {
            executor.execute(() -> ran.add("a"));
            executor.execute(() -> ran.add("b"));
            advance(100);
            given.poll().run();
        }

        assertThat(own).isEmpty();
    }

    @Test
    void execute_executorBeginsNothing_isLeftToThePool() {
        executor.execute(() -> ran.add("a"));
        advance(250);
        assertThat(own).isEmpty();

        advance(250);
        runAll(own);

        assertThat(ran).containsExactly("a");
    }

    @Test
    void execute_executorHasBegunNothingYet_isLeftToThePoolSoonAndThenNot() {
        executor.execute(() -> ran.add("a"));
        advance(500);
        executor.execute(() -> ran.add("b"));
        advance(10);
        runAll(own);
        assertThat(ran).containsExactly("a", "b");

        given.clear();
        executor.execute(() -> ran.add("c"));
        runAll(given);
        executor.execute(() -> ran.add("d"));
        advance(10);

        assertThat(own).isEmpty();
        assertThat(ran).containsExactly("a", "b", "c");
    }

    @Test
    void execute_refused_isLeftToThePool() {
        WillingExecutor full = new WillingExecutor(
                task -> {
                    throw new RejectedExecutionException("full");
                },
                own::add,
                scheduler);

        full.execute(() -> ran.add("a"));
        runAll(own);

        assertThat(ran).containsExactly("a");
    }

    @Test
    void execute_executorFails_isLeftToThePool() {
        WillingExecutor broken = new WillingExecutor(
                task -> {
                    throw new IllegalStateException("broken");
                },
                own::add,
                scheduler);

        broken.execute(() -> ran.add("a"));
        runAll(own);

        assertThat(ran).containsExactly("a");
    }

    @Test
    void execute_droppedInSilence_isLeftToThePool() {
        WillingExecutor silent = new WillingExecutor(task -> {}, own::add, scheduler);

        silent.execute(() -> ran.add("a"));
        advance(500);
        runAll(own);

        assertThat(ran).containsExactly("a");
    }

    @Test
    void execute_runsOnTheHandingThread_isAllowedInACallAlone() {
        WillingExecutor direct = new WillingExecutor(Runnable::run, own::add, scheduler);

        direct.execute(() -> ran.add("of the feed"));
        assertThat(ran).isEmpty();
        direct.calling(() -> {
            direct.execute(() -> ran.add("of a caller"));
            return ran;
        });

        assertThat(ran).containsExactly("of a caller");
        runAll(own);
        assertThat(ran).containsExactly("of a caller", "of the feed");
    }

    @Test
    void forCaller_inATask_isPrompt() throws Exception {
        List<Executor> found = new ArrayList<>();
        executor.execute(() -> found.add(executor.forCaller()));
        runAll(given);
        found.add(executor.forCaller());
        found.add(executor.calling(executor::forCaller));
        found.add(executor.<Executor>waiting(executor::forCaller));

        assertThat(found).containsExactly(executor.prompt(), executor, executor, executor.prompt());
    }

    @Test
    void execute_poolIsClosed_runsOnTheHandingThread() {
        WillingExecutor closed = new WillingExecutor(
                null,
                task -> {
                    throw new RejectedExecutionException("closed");
                },
                scheduler);

        closed.execute(() -> ran.add("a"));

        assertThat(ran).containsExactly("a");
    }
}
