package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.internal.Waiting;
import dev.duet.local.CoarseClock;
import dev.duet.store.InMemoryStore;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What {@link OutageTest} cannot see from outside. */
class StoreLinkTest {

    private final StoreUnavailableException why = new StoreUnavailableException("test", null);

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong ahead = new AtomicLong();
    private final CoarseClock clock = CoarseClock.manual(nanos::get, () -> (nanos.get() + ahead.get()) / 1_000_000);
    private final AtomicInteger timesDown = new AtomicInteger();
    private final NamespaceConfig config = NamespaceConfig.defaults();
    private final Namespace namespace = InMemoryStore.create().open(config, "n1");
    private final StoreLink link = new StoreLink(
            namespace,
            "memory",
            Waiting.blocking(new FakeScheduler(nanos::get)),
            clock,
            Duration.ofMillis(500),
            new FakeScheduler(nanos::get),
            10_000,
            timesDown::incrementAndGet,
            () -> {});

    @Test
    void callsRefusedWhileDown_awaitedWhenItIsUp_sayNothingOfIt() throws Exception {
        link.down("test");
        List<CompletableFuture<long[]>> refused = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            refused.add(link.start(Namespace::heads));
        }
        link.probed(null);
        assertThat(link.isDown()).isFalse();

        for (CompletableFuture<long[]> call : refused) {
            assertThatThrownBy(() -> link.await(call, link.deadline()))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("test");
        }

        assertThat(link.isDown()).isFalse();
        assertThat(link.refused()).isEqualTo(20);
    }

    @Test
    void probed_muchOwed_isAllPaidBeforeItIsUp() {
        link.down("test");
        for (int i = 0; i < 1_000; i++) {
            link.owe(config.recordKey("users", "k" + i), why);
        }
        link.owe("orders", why);

        link.probed(null);

        assertThat(link.isDown()).isFalse();
        assertThat(link.owed.isEmpty()).isTrue();
        assertThat(link.paid()).isEqualTo(1_001);
    }

    @Test
    void settling_beginsWithTheFirstPaymentAfterAnOutage_andOnlyOnce() {
        link.down("test");
        link.probed(null);
        link.down("again so soon that it is held");
        advance(400_000_000);
        assertThat(link.isSettled()).isFalse();

        link.probed(null);
        advance(249_999_999);
        link.owe(config.recordKey("users", "k"), why);
        link.probed(new StoreUnavailableException("once", null));
        link.probed(null);
        assertThat(link.isSettled()).isFalse();

        advance(1);
        assertThat(link.isSettled()).isTrue();
    }

    @Test
    void wallClockIsSetForward_leavesOthersTheirTime_andCallsTheirs() throws Exception {
        link.down("test");
        link.probed(null);
        long deadline = link.deadline();
        ahead.set(Duration.ofHours(1).toNanos());
        advance(1);

        assertThat(link.isSettled()).isFalse();
        assertThat(link.deadline() - deadline).isEqualTo(1);
        assertThat(link.degradedTime()).isZero();
        advance(250_000_000);
        assertThat(link.isSettled()).isTrue();
        assertThat(link.isSettled()).isTrue();
    }

    @Test
    void degradedTime_closed_isThatOfTheOutagesBefore() {
        link.down("test");
        advance(7_000_000);
        clock.close();
        link.close();
        nanos.addAndGet(1_000_000_000);
        link.close();

        assertThat(link.degradedTime()).isEqualTo(Duration.ofMillis(7));
    }

    private void advance(long by) {
        nanos.addAndGet(by);
        clock.tick();
    }

    @Test
    void failures_onlySeveralOfTheLastOnes_takeItDown() throws Exception {
        for (int i = 0; i < 30; i++) {
            fail(new StoreUnavailableException("once", null));
            for (int ok = 0; ok < 3; ok++) {
                link.await(link.start(Namespace::heads), link.deadline());
            }
        }
        assertThat(link.isDown()).isFalse();

        for (int i = 0; i < 4; i++) {
            fail(new StoreUnavailableException("again", null));
        }

        assertThat(link.isDown()).isTrue();
        assertThat(link.reason()).isEqualTo("again");
        assertThat(timesDown).hasValue(1);
        assertThat(link.outages()).isEqualTo(1);
    }

    @Test
    void await_misconfigured_isUnavailableToACallerAndSaysWhy() {
        assertThatThrownBy(() -> link.await(
                        CompletableFuture.failedFuture(new StoreConfigurationException("wrong password", null)),
                        link.deadline()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("wrong password");
    }

    @Test
    void start_callThrows_failsTheReply() {
        assertThatThrownBy(() -> link.await(
                        link.start(ns -> {
                            throw new IllegalStateException("closed");
                        }),
                        link.deadline()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("closed");
    }

    private void fail(Exception failure) {
        assertThatThrownBy(() -> link.await(CompletableFuture.failedFuture(failure), link.deadline()))
                .isInstanceOf(StoreUnavailableException.class);
    }
}
