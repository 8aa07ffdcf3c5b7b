package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duet.store.InMemoryStore;
import dev.duet.store.Namespace;
import dev.duet.store.Namespace.Request;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LateNamespaceTest {

    private final NamespaceConfig config = NamespaceConfig.defaults();
    private final HookedStore store = new HookedStore(InMemoryStore.create());
    private final List<Request<Long>> requests = List.of(request("a"), request("b"), request("c"));

    @Test
    void executeAll_notOpenYet_eachFailsByItself() {
        store.down(true);
        try (Namespace late = LateNamespace.open(store, config, "n1", false)) {
            List<CompletionStage<Long>> replies = late.executeAll(requests);

            assertThat(replies)
                    .hasSize(3)
                    .doesNotHaveDuplicates()
                    .allSatisfy(reply -> assertThat(reply)
                            .failsWithin(Duration.ZERO)
                            .withThrowableThat()
                            .withCauseInstanceOf(StoreUnavailableException.class)
                            .withMessageContaining("could not be reached at the start"));
            assertThat(store.roundTrips()).isEmpty();
        }
    }

    @Test
    void executeAll_openSince_allGoTogether() {
        store.down(true);
        try (Namespace late = LateNamespace.open(store, config, "n1", false)) {
            store.down(false);
            await().atMost(Duration.ofSeconds(30)).until(() -> isOpen(late));

            List<CompletionStage<Long>> replies = late.executeAll(requests);

            assertThat(replies).hasSize(3).allSatisfy(reply -> assertThat(reply).isCompleted());
            assertThat(store.roundTrips()).hasSize(1);
            assertThat(store.roundTrips().get(0)).hasSize(3);
        }
    }

    private static boolean isOpen(Namespace namespace) {
        try {
            return namespace.heads().toCompletableFuture().join().length > 0;
        } catch (CompletionException notYet) {
            return false;
        }
    }

    private Request<Long> request(String key) {
        return new Request<>(config.recordKey("users", key), new Operation.Invalidate());
    }
}
