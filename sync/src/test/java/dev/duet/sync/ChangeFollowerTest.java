package dev.duet.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.InMemoryStore;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChangeFollowerTest {

    private static final NamespaceConfig CONFIG = new NamespaceConfig("duet", 2);

    private final ScheduledExecutorService scheduler = new ScheduledThreadPoolExecutor(1);
    private final Recorder recorder = new Recorder();
    private final Feed feed = new Feed();

    @AfterEach
    void close() {
        scheduler.shutdownNow();
    }

    @Test
    void start_onStore_appliesItsChanges() {
        Namespace namespace = InMemoryStore.create().open(CONFIG, "n1");
        try (ChangeFollower follower = start(namespace)) {
            RecordKey key = CONFIG.recordKey("users", "456");
            long version = namespace
                    .execute(key, new Operation.Invalidate())
                    .toCompletableFuture()
                    .join();

            assertThat(recorder.calls)
                    .containsExactly(new Change(key.partition(), version, "users", "456", "n1").toString());
            assertThat(follower.stats().applied()).isEqualTo(1);
        }
    }

    @Test
    void A11_messageMissing_raisesFloorThenApplies() {
        try (ChangeFollower follower = start(feed)) {
            feed.listener().onChange(change(12));

            assertThat(recorder.calls).containsExactly("floor 0 12", change(12).toString());
            assertThat(follower.stats().gaps()).isEqualTo(1);
        }
    }

    @Test
    void A11_messageRepeatedOrLate_isIgnored() {
        try (ChangeFollower follower = start(feed)) {
            feed.listener().onChange(change(11));
            feed.listener().onChange(change(11));
            feed.listener().onChange(change(10));

            assertThat(recorder.calls).containsExactly(change(11).toString());
            assertThat(follower.stats().repeated()).isEqualTo(2);
        }
    }

    @Test
    void onSubscribed_again_raisesFloorsOfWhatWasMissed() {
        try (ChangeFollower follower = start(feed)) {
            feed.listener().onLost();
            feed.heads = new long[] {14, 20};
            feed.listener().onSubscribed();

            assertThat(recorder.calls).containsExactly("floor 0 14");
            assertThat(follower.stats().subscriptions()).isEqualTo(2);
        }
    }

    @Test
    void onSubscribed_headsFailOnce_areReadAgain() {
        try (ChangeFollower follower = start(feed)) {
            feed.heads = new long[] {14, 20};
            feed.failures.set(1);
            CompletableFuture<Void> raised = recorder.next();
            feed.listener().onSubscribed();

            assertThat(raised).succeedsWithin(Duration.ofSeconds(5));
            assertThat(recorder.calls).containsExactly("floor 0 14");
            assertThat(follower.stats().floorsRaised()).isEqualTo(1);
        }
    }

    @Test
    void onUnreadable_raisesFloorsOfWhatWasMissed() {
        try (ChangeFollower follower = start(feed)) {
            feed.heads = new long[] {11, 20};
            feed.listener().onUnreadable("garbage");

            assertThat(recorder.calls).containsExactly("floor 0 11");
            assertThat(follower.stats().unreadable()).isEqualTo(1);
        }
    }

    @Test
    void apply_handlerFails_raisesFloorAndGoesOn() {
        try (ChangeFollower follower = start(feed)) {
            recorder.failing = true;
            feed.listener().onChange(change(11));
            recorder.failing = false;
            feed.listener().onChange(change(12));

            assertThat(recorder.calls).containsExactly("floor 0 11", change(12).toString());
            assertThat(follower.stats().floorsRaised()).isEqualTo(1);
        }
    }

    @Test
    void start_feedDoesNotStand_throws() {
        feed.acknowledges = false;

        assertThatThrownBy(() -> start(feed))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("could not be subscribed to");
    }

    private ChangeFollower start(Namespace namespace) {
        return ChangeFollower.start(namespace, recorder, scheduler, Duration.ofMillis(1), Duration.ofMillis(200));
    }

    private static Change change(long version) {
        return new Change(0, version, "users", "456", "n2");
    }

    private static final class Recorder implements ChangeHandler {
        final List<String> calls = new ArrayList<>();
        boolean failing;
        private CompletableFuture<Void> next = new CompletableFuture<>();

        CompletableFuture<Void> next() {
            next = new CompletableFuture<>();
            return next;
        }

        @Override
        public void apply(Change change) {
            if (failing) {
                throw new IllegalStateException("cannot decode");
            }
            calls.add(change.toString());
        }

        @Override
        public void raiseFloor(int partition, long version) {
            calls.add("floor " + partition + " " + version);
            next.complete(null);
        }
    }

    /** A feed that the test drives by hand. */
    private static final class Feed implements Namespace {
        volatile long[] heads = {10, 20};
        final AtomicInteger failures = new AtomicInteger();
        boolean acknowledges = true;
        private @Nullable ChangeListener listener;

        ChangeListener listener() {
            if (listener == null) {
                throw new IllegalStateException("nobody has subscribed");
            }
            return listener;
        }

        @Override
        public NamespaceConfig config() {
            return CONFIG;
        }

        @Override
        public <R> CompletionStage<R> execute(RecordKey key, Operation<R> operation) {
            throw new AssertionError("not of the feed");
        }

        @Override
        public CompletionStage<long[]> invalidateAll(String cache) {
            throw new AssertionError("not of the feed");
        }

        @Override
        public CompletionStage<long[]> heads() {
            if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                return CompletableFuture.failedFuture(new StoreUnavailableException("down", null));
            }
            return CompletableFuture.completedFuture(heads);
        }

        @Override
        public CompletionStage<List<Change>> changesAfter(int partition, long version) {
            throw new AssertionError("not of this follower");
        }

        @Override
        public CompletionStage<ChangeSubscription> subscribe(ChangeListener newListener) {
            listener = newListener;
            if (!acknowledges) {
                return new CompletableFuture<>();
            }
            newListener.onSubscribed();
            return CompletableFuture.completedFuture(() -> {});
        }

        @Override
        public void close() {}
    }
}
