package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.internal.Waiting;
import dev.duet.local.CoarseClock;
import dev.duet.store.InMemoryStore;
import dev.duet.store.Namespace;
import dev.duet.store.Namespace.Request;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How the operations of large calls are sent to a store that takes its time (anomaly A55). */
class StoreLinkPartsTest {

    private final AtomicLong nanos = new AtomicLong();
    private final FakeScheduler scheduler = new FakeScheduler(nanos::get);
    private final NamespaceConfig config = NamespaceConfig.defaults();
    private final Namespace memory = InMemoryStore.create().open(config, "n1");
    /** What was sent and not answered yet. */
    private final Queue<CompletableFuture<Void>> unanswered = new ArrayDeque<>();

    private final List<String> sent = new ArrayList<>();
    private final StoreLink link = new StoreLink(
            slow(),
            "memory",
            Waiting.blocking(scheduler),
            CoarseClock.manual(nanos::get),
            Duration.ofMillis(500),
            scheduler,
            10_000,
            () -> {},
            () -> {});

    /** The store in memory, whose replies come when {@link #answer} lets them. */
    private Namespace slow() {
        return (Namespace) Proxy.newProxyInstance(
                Namespace.class.getClassLoader(), new Class<?>[] {Namespace.class}, (proxy, method, arguments) -> {
                    Object reply = method.invoke(memory, arguments);
                    if (!method.getName().equals("executeAll")) {
                        return reply;
                    }
                    List<Request<?>> requests = requests(arguments[0]);
                    sent.add(requests.size() + " "
                            + requests.get(0).operation().getClass().getSimpleName());
                    CompletableFuture<Void> answered = new CompletableFuture<>();
                    unanswered.add(answered);
                    return ((List<?>) reply)
                            .stream()
                                    .map(stage -> answered.thenCompose(now -> (CompletionStage<?>) stage))
                                    .toList();
                });
    }

    @SuppressWarnings("unchecked")
    private static List<Request<?>> requests(Object argument) {
        return (List<Request<?>>) argument;
    }

    /** Lets the store answer what it was sent first, after so long. */
    private void answer(int millis) {
        nanos.addAndGet(millis * 1_000_000L);
        unanswered.remove().complete(null);
    }

    private <R> List<Request<R>> requests(int count, Operation<R> operation) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Request<>(config.recordKey("users", "k" + i), operation))
                .toList();
    }

    @Test
    void A55_sendAll_many_areSentInPartsBeforeCallsThatWaitForTheirTurn() {
        CompletableFuture<?> first = link.callAll(requests(4_000, new Operation.Invalidate()));
        CompletableFuture<?> second = link.callAll(requests(3_000, new Operation.Invalidate()));
        List<? extends CompletableFuture<?>> renewals = link.sendAll(requests(3_000, new Operation.Renew("t", 1)));
        assertThat(sent).containsExactly("2000 Invalidate");

        for (int i = 0; i < 6; i++) {
            answer(10);
        }

        assertThat(sent.subList(1, 3)).containsExactly("2000 Renew", "2000 Invalidate");
        assertThat(sent).hasSize(6).contains("1000 Renew");
        assertThat(first).isDone();
        assertThat(second).isDone();
        assertThat(renewals).hasSize(3_000).allMatch(CompletableFuture::isDone);
    }

    @Test
    void A55_callAll_slowStore_isSentSmallerPartsAndIsNoOutage() {
        CompletableFuture<List<StoreReply<Long>>> replies = link.callAll(requests(10_000, new Operation.Invalidate()));

        for (int i = 0; !replies.isDone() && i < 1_000; i++) {
            int size = Integer.parseInt(sent.get(sent.size() - 1).split(" ", -1)[0]);
            answer(size * 7 / 10); // the time of 2,000 is over after 2 s
            scheduler.runDue();
        }

        assertThat(sent.subList(0, 4))
                .containsExactly("2000 Invalidate", "1000 Invalidate", "500 Invalidate", "250 Invalidate");
        assertThat(replies.join()).hasSize(10_000).allMatch(reply -> reply.failure() == null);
        assertThat(link.timeouts()).isZero();
        assertThat(link.isDown()).isFalse();
    }

    @Test
    void A55_callAll_partsOfManyKeysFail_eachCountsOnce() {
        CompletableFuture<?> replies = link.callAll(requests(6_000, new Operation.Invalidate()));
        for (int i = 0; i < 3; i++) {
            unanswered.remove().completeExceptionally(new IllegalStateException("unlucky"));
        }

        assertThat(replies).isDone();
        assertThat(link.isDown()).isFalse(); // three failures are not four
    }

    @Test
    void A55_sendAll_storeNeverAnswers_othersHaveTheirTurn() {
        List<? extends CompletableFuture<?>> renewals = link.sendAll(requests(2_000, new Operation.Renew("t", 1)));
        CompletableFuture<?> call = link.callAll(requests(200, new Operation.Invalidate()));
        assertThat(sent).containsExactly("2000 Renew");

        nanos.addAndGet(Duration.ofSeconds(3).toNanos());
        scheduler.runDue();

        assertThat(renewals).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(sent).last().isEqualTo("200 Invalidate");
        assertThat(call).isNotDone();
    }
}
