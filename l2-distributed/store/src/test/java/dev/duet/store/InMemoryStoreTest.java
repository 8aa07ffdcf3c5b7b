package dev.duet.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is particular to the store in memory; the contract of all stores is tested in the testkit. */
class InMemoryStoreTest {

    private static final NamespaceConfig CONFIG = new NamespaceConfig("test", 1);
    private static final RecordKey KEY = CONFIG.recordKey("users", "456");

    private final AtomicLong clock = new AtomicLong(1_000);
    private final List<String> heard = new ArrayList<>();

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Operation.Put put(long life) {
        return new Operation.Put(new Content(Payload.of(new byte[] {1}), life, 0));
    }

    private ChangeListener listener(Runnable onSubscribed, Runnable onChange) {
        return new ChangeListener() {
            @Override
            public void onChange(Change change) {
                heard.add("change");
                onChange.run();
            }

            @Override
            public void onHint(String cache, String key) {
                heard.add("hint " + cache + ' ' + key);
            }

            @Override
            public void onUnreadable(String description) {
                heard.add("unreadable");
            }

            @Override
            public void onSubscribed() {
                heard.add("subscribed");
                onSubscribed.run();
            }

            @Override
            public void onLost() {
                heard.add("lost");
            }
        };
    }

    @Test
    void time_isTheClockThatWasGiven() {
        Namespace namespace = InMemoryStore.builder().clock(clock::get).build().open(CONFIG, "n1");
        get(namespace.execute(KEY, put(10)));

        clock.addAndGet(9);
        assertThat(get(namespace.execute(KEY, new Operation.Read()))).isInstanceOf(Reading.Hit.class);
        clock.addAndGet(1);
        assertThat(get(namespace.execute(KEY, new Operation.Read()))).isInstanceOf(Reading.Missing.class);
    }

    @Test
    void A09_changeBetweenTheAcknowledgementAndItsReturn_isHeardAfterIt() {
        Namespace namespace = InMemoryStore.create().open(CONFIG, "n1");
        Runnable change = () -> get(namespace.execute(KEY, new Operation.Invalidate()));

        get(namespace.subscribe(listener(change, () -> {})));

        assertThat(heard).containsExactly("subscribed", "change");
    }

    @Test
    void listenerThatFails_failsNoWriter_andHearsOn() {
        Namespace namespace = InMemoryStore.create().open(CONFIG, "n1");
        List<Throwable> uncaught = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
        try {
            get(namespace.subscribe(listener(() -> {}, () -> {
                throw new IllegalStateException("broken");
            })));
            get(namespace.execute(KEY, new Operation.Invalidate()));
            get(namespace.execute(KEY, new Operation.Invalidate()));
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(null);
        }

        assertThat(heard).containsExactly("subscribed", "change", "change");
        assertThat(uncaught).hasSize(2);
    }

    @Test
    void executor_deliversInOrder() {
        List<Runnable> work = new ArrayList<>();
        Namespace namespace =
                InMemoryStore.builder().executor(work::add).build().open(CONFIG, "n1");
        get(namespace.subscribe(listener(() -> {}, () -> {})));
        get(namespace.execute(KEY, new Operation.Invalidate()));

        assertThat(heard).isEmpty();
        List.copyOf(work).forEach(Runnable::run);
        assertThat(heard).containsExactly("subscribed", "change");
    }

    @Test
    void maximumRecords_evictsTheOneUnusedForLongest_whateverItsState() {
        Namespace namespace = InMemoryStore.builder().maximumRecords(2).build().open(CONFIG, "n1");
        RecordKey second = CONFIG.recordKey("users", "2");
        get(namespace.execute(KEY, new Operation.Begin("w", Content.FOREVER)));
        get(namespace.execute(second, put(Content.FOREVER)));
        get(namespace.execute(CONFIG.recordKey("users", "3"), put(Content.FOREVER)));

        assertThat(get(namespace.execute(KEY, new Operation.Read()))).isInstanceOf(Reading.Missing.class);
        assertThat(get(namespace.execute(second, new Operation.Read()))).isInstanceOf(Reading.Hit.class);
    }

    @Test
    void evict_dropsARecord() {
        InMemoryStore store = InMemoryStore.create();
        Namespace namespace = store.open(CONFIG, "n1");
        get(namespace.execute(KEY, put(Content.FOREVER)));

        assertThat(store.evict("test", KEY)).isTrue();
        assertThat(store.evict("test", KEY)).isFalse();
        assertThat(store.evict("unknown", KEY)).isFalse();
        assertThat(get(namespace.execute(KEY, new Operation.Read()))).isInstanceOf(Reading.Missing.class);
    }

    @Test
    void logSize_boundsTheLog() {
        Namespace namespace = InMemoryStore.builder().logSize(3).build().open(CONFIG, "n1");
        long last = 0;
        for (int i = 0; i < 5; i++) {
            last = get(namespace.execute(KEY, new Operation.Invalidate()));
        }

        assertThat(get(namespace.changesAfter(0, 0)))
                .extracting(Change::version)
                .containsExactly(last - 2, last - 1, last);
    }

    @Test
    void builder_refusesNoRoomAtAll() {
        assertThatThrownBy(() -> InMemoryStore.builder().maximumRecords(0)).hasMessageContaining("maximumRecords");
        assertThatThrownBy(() -> InMemoryStore.builder().logSize(0)).hasMessageContaining("logSize");
    }

    @Test
    void restart_withASnapshot_startsOverAboveItAndHidesItsValues() {
        InMemoryStore store = InMemoryStore.builder().clock(clock::get).build();
        Namespace namespace = store.open(CONFIG, "n1");
        get(namespace.execute(KEY, put(Content.FOREVER)));
        InMemoryStore.Snapshot snapshot = store.snapshot(CONFIG.name());
        long head = get(namespace.heads())[0];
        get(namespace.execute(KEY, new Operation.Invalidate()));

        store.restart(CONFIG.name(), snapshot, true);

        assertThat(get(namespace.execute(KEY, new Operation.Read()))).isInstanceOf(Reading.Missing.class);
        assertThat(get(namespace.heads())[0]).isGreaterThan(head);
        assertThat(get(namespace.changesAfter(0, 0))).isEmpty();
    }

    @Test
    void A12_oneOfTwoWritersRunsOut_takesTheOldValueWithIt() {
        Namespace namespace = InMemoryStore.builder().clock(clock::get).build().open(CONFIG, "n1");
        get(namespace.execute(KEY, put(Content.FOREVER)));
        get(namespace.execute(KEY, new Operation.Begin("dies-after-its-commit", 10)));
        get(namespace.execute(KEY, new Operation.Begin("goes-on", 100)));

        clock.addAndGet(10);

        assertThat(get(namespace.execute(KEY, new Operation.Read())))
                .isInstanceOfSatisfying(
                        Reading.Writing.class, found -> assertThat(found.old()).isNull());
        get(namespace.execute(KEY, new Operation.Renew("goes-on", 100)));
        assertThat(get(namespace.execute(KEY, new Operation.Read())))
                .isInstanceOfSatisfying(
                        Reading.Writing.class, found -> assertThat(found.old()).isNull());
    }

    @Test
    void A17_startOver_leapsBeyondWhatOthersMayHaveSeen() {
        Namespace namespace = InMemoryStore.builder().clock(clock::get).build().open(CONFIG, "n1");
        long head = get(namespace.heads())[0];

        assertThat(get(namespace.startOver(0, head, head + 1))).isGreaterThan(head + 1_000_000);
    }

    @Test
    void restart_unnoticed_bringsOldValuesBack() {
        InMemoryStore store = InMemoryStore.builder().clock(clock::get).build();
        Namespace namespace = store.open(CONFIG, "n1");
        get(namespace.execute(KEY, put(Content.FOREVER)));
        InMemoryStore.Snapshot snapshot = store.snapshot(CONFIG.name());
        get(namespace.execute(KEY, new Operation.Invalidate()));

        store.restart(CONFIG.name(), snapshot, false);

        assertThat(get(namespace.execute(KEY, new Operation.Read()))).isInstanceOf(Reading.Hit.class);
    }

    @Test
    void restart_withNothing_startsFromTheClock() {
        InMemoryStore store = InMemoryStore.builder().clock(clock::get).build();
        Namespace namespace = store.open(CONFIG, "n1");
        get(namespace.execute(KEY, put(Content.FOREVER)));
        clock.set(5_000);

        store.restart(CONFIG.name(), null, true);

        assertThat(get(namespace.execute(KEY, new Operation.Read()))).isInstanceOf(Reading.Missing.class);
        assertThat(get(namespace.heads())).containsExactly(5_000);
    }
}
