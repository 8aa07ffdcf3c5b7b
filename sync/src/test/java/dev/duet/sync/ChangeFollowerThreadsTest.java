package dev.duet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Change;
import dev.duet.store.InMemoryStore;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import dev.duet.sync.FakeFeed.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that answers and delivers on the calling thread, and several threads at once. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChangeFollowerThreadsTest {

    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(100);

    private final FakeScheduler scheduler = new FakeScheduler();
    private final FakeFeed feed = new FakeFeed();
    private final RecordedHandler handler = new RecordedHandler();

    @Test
    void callsOfTheStore_ofEveryKind_areMadeWithoutTheLock() {
        AtomicReference<ChangeFollower> started = new AtomicReference<>();
        AtomicInteger underTheLock = new AtomicInteger();
        feed.onCall = () -> {
            ChangeFollower follower = started.get();
            if (follower != null && Thread.holdsLock(follower)) {
                underTheLock.incrementAndGet();
            }
        };
        ChangeFollower follower = start(feed, handler);
        started.set(follower);
        feed.taken();

        feed.send(12, 5);
        feed.heads = new long[] {101, 21};
        scheduler.advance(BOUND.toNanos() / 4);
        feed.heads = new long[] {102, 22};
        scheduler.advance(BOUND.toNanos() / 2);
        follower.close();

        assertThat(feed.taken())
                .contains("changes 0 after 10", "start 0 over", "heads", "close 1", "subscribe", "close 2");
        assertThat(underTheLock).hasValue(0);
    }

    @Test
    void replay_messagesAreDeliveredInsideTheCall_areAppliedInOrder() {
        start(feed, handler);
        handler.taken();
        feed.log = List.of(change(11));
        feed.onCall = () -> {
            feed.onCall = () -> {};
            feed.send(13, 14);
        };
        feed.send(12);

        assertThat(handler.taken()).containsExactly("apply 0 11", "apply 0 12", "apply 0 13", "apply 0 14");
    }

    @Test
    void audit_messagesAreDeliveredInsideTheCall_areAppliedInOrder() {
        ChangeFollower follower = start(feed, handler);
        handler.taken();
        feed.onCall = () -> feed.send(11);
        follower.audit();

        assertThat(handler.taken()).containsExactly("apply 0 11", "fresh 0", "audited");
    }

    @Test
    void startOver_messagesAreDeliveredInsideTheCall_areHeldUntilItsAnswer() {
        start(feed, handler);
        handler.taken();
        feed.onCall = () -> {
            feed.onCall = () -> {};
            feed.send(101);
        };
        feed.send(11, 5);

        assertThat(handler.taken()).containsExactly("apply 0 11", "floor 0 12", "floor 0 100", "apply 0 101");
    }

    @Test
    void onChange_whileAnotherThreadsIsApplied_waitsForIt() throws Exception {
        CountDownLatch applying = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Long> applied = new CopyOnWriteArrayList<>();
        start(feed, new InOrder(2) {
            @Override
            public void apply(Change change) {
                applying.countDown();
                awaitUninterrupted(goOn);
                applied.add(change.version());
            }
        });
        Thread first = new Thread(() -> feed.send(11), "first");
        Thread second = new Thread(() -> feed.send(12), "second");
        first.start();
        awaitUninterrupted(applying);
        second.start();
        while (second.getState() != Thread.State.BLOCKED && second.isAlive()) {
            Thread.onSpinWait();
        }
        assertThat(applied).isEmpty();
        assertThat(second.isAlive()).isTrue();
        goOn.countDown();
        first.join();
        second.join();

        assertThat(applied).containsExactly(11L, 12L);
    }

    /** One thread waits for the answer of the log, which another gives after more messages have come. */
    @Test
    void replay_answeredByAnotherThreadWhileMessagesCome_appliesInOrder() throws Exception {
        start(feed, handler);
        handler.taken();
        feed.readingTheLog = Mode.NEVER;
        feed.send(12);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            Future<?> messages = pool.submit(() -> {
                for (long version = 13; version <= 500; version++) {
                    feed.send(version);
                }
            });
            Future<?> answer = pool.submit(() -> feed.lastLog.complete(List.of(change(11))));
            messages.get();
            answer.get();
        } finally {
            pool.shutdownNow();
        }

        List<String> inOrder = new ArrayList<>();
        for (long version = 11; version <= 500; version++) {
            inOrder.add("apply 0 " + version);
        }
        assertThat(handler.taken()).isEqualTo(inOrder);
    }

    /** Writers, an auditor and a store that delivers on their threads: all is applied, once, in order, one at a time. */
    @Test
    void start_onStoreWithManyThreads_appliesItsChangesInOrder() throws Exception {
        NamespaceConfig config = new NamespaceConfig("duet", 2);
        Namespace namespace = InMemoryStore.create().open(config, "n1");
        InOrder inOrder = new InOrder(config.partitions());
        ChangeFollower follower = start(namespace, inOrder);
        int writers = 2;
        int writes = 2_000;
        ExecutorService pool = Executors.newFixedThreadPool(writers + 1);
        try {
            List<Future<?>> work = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                String name = "w" + writer;
                work.add(pool.submit(() -> {
                    for (int i = 0; i < writes; i++) {
                        RecordKey key = config.recordKey("users", name + i);
                        namespace.execute(key, new Operation.Invalidate());
                    }
                }));
            }
            work.add(pool.submit(() -> {
                for (int i = 0; i < writes; i++) {
                    follower.audit();
                }
            }));
            for (Future<?> each : work) {
                each.get();
            }
        } finally {
            pool.shutdownNow();
        }

        assertThat(inOrder.problem).isNull();
        assertThat(inOrder.applied).isEqualTo(writers * writes);
        assertThat(follower.stats().wentBack()).isZero();
        follower.close();
    }

    private ChangeFollower start(Namespace namespace, ChangeHandler to) {
        return ChangeFollower.start(namespace, to, scheduler, scheduler::now, BOUND, RETRY);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Change change(long version) {
        return FollowerFixture.change(0, version);
    }

    /** Finds out whether changes come in order and one at a time; so its fields need no lock of their own. */
    private static class InOrder implements ChangeHandler {
        private final long[] last;
        private final AtomicInteger inside = new AtomicInteger();
        private int applied;
        private @Nullable String problem;

        InOrder(int partitions) {
            this.last = new long[partitions];
        }

        @Override
        public void apply(Change change) {
            boolean alone = inside.incrementAndGet() == 1;
            if (!alone || change.version() != last[change.partition()] + 1) {
                problem = "after " + last[change.partition()] + (alone ? " came " : " beside another came ") + change;
            }
            last[change.partition()] = change.version();
            applied++;
            inside.decrementAndGet();
        }

        @Override
        public void raiseFloor(int partition, long version) {
            last[partition] = version;
        }

        @Override
        public void fresh(long sentAt) {}

        @Override
        public void audited(@Nullable Throwable failure) {}
    }
}
