package dev.duet.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.PendingOperation.Claim;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store's clock is set (anomaly A43): nothing outlasts its length by that. */
class SteppedClockTest {

    private static final long SECOND = 1_000_000;
    private static final long HOUR = 3_600 * SECOND;

    private final AtomicLong clock = new AtomicLong(1_800_000_000 * SECOND);
    private final Namespace namespace =
            InMemoryStore.builder().clock(clock::get).build().open(new NamespaceConfig("steps", 1), "n1");
    private final RecordKey key = new RecordKey(0, "users", "456");

    private <R> R execute(Operation<R> operation) {
        return await(namespace.execute(key, operation));
    }

    private static <R> R await(CompletionStage<R> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Content content(String text, long life, long retention) {
        return new Content(Payload.of(text.getBytes(StandardCharsets.UTF_8)), life, retention, 0);
    }

    private Reading read() {
        return execute(new Operation.Read());
    }

    private void back(Duration step) {
        clock.addAndGet(-step.toSeconds() * SECOND);
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 8, 30, 3_600})
    void A43_intentOfADeadWriter_hasRunOut_ifItWouldLastLonger(long seconds) {
        execute(new Operation.Put(content("v1", HOUR, 0)));
        execute(new Operation.Begin("dead", SECOND));
        assertThat(read()).isInstanceOf(Reading.Writing.class);

        back(Duration.ofSeconds(seconds));

        assertThat(read()).isInstanceOf(Reading.Missing.class);
        assertThat(execute(new Operation.Lease("loader", SECOND, 0))).isInstanceOf(LeaseReply.Granted.class);
    }

    @Test
    void A43_intentOfAWriterAtWork_isAnnouncedAgain_andLeavesNoValue() {
        execute(new Operation.Begin("w", SECOND));
        back(Duration.ofHours(1));

        assertThat(execute(new Operation.Renew("w", SECOND))).isFalse();
        long announced = execute(new Operation.Begin("w", SECOND, true));
        assertThat(execute(new Operation.Complete("w", announced, content("v2", HOUR, 0)))
                        .stored())
                .isFalse();
        assertThat(read()).isInstanceOf(Reading.Missing.class);
    }

    @Test
    void A43_oldValue_goesWithTheOneWriterOfTwoWhoseTermIsWrong() {
        execute(new Operation.Put(content("v1", Content.FOREVER, 0)));
        execute(new Operation.Begin("before", SECOND));
        back(Duration.ofSeconds(8));
        execute(new Operation.Begin("after", SECOND));

        assertThat(read())
                .isInstanceOfSatisfying(
                        Reading.Writing.class,
                        writing -> assertThat(writing.old()).isNull());
    }

    @Test
    void A43_leaseOfADeadLoader_hasRunOut_ifItWouldLastLonger() {
        execute(new Operation.Lease("dead", 2 * SECOND, 0));
        back(Duration.ofSeconds(8));

        assertThat(execute(new Operation.Lease("loader", SECOND, 0))).isInstanceOf(LeaseReply.Granted.class);
    }

    @Test
    void A43_refresherThatIsDead_hasRunOut_ifItWouldLastLonger() {
        execute(new Operation.Put(content("v1", Content.FOREVER, 0)));
        long writtenAt = ((Reading.Hit) read()).writtenAt();
        execute(new Operation.Refresh("dead", 2 * SECOND, writtenAt));
        back(Duration.ofSeconds(8));

        assertThat(execute(new Operation.Refresh("loader", SECOND, writtenAt))).isInstanceOf(LeaseReply.Granted.class);
    }

    @Test
    void A43_valueFromBeforeTheStep_isOverItsLife_andNotRetained() {
        execute(new Operation.Put(content("v1", 3 * SECOND, HOUR)));
        back(Duration.ofSeconds(8));

        assertThat(read())
                .isInstanceOfSatisfying(
                        Reading.Missing.class,
                        missing -> assertThat(missing.retained()).isNull());
    }

    @Test
    void clockThatIsCorrectedByLittle_changesNothing() {
        execute(new Operation.Put(content("v1", HOUR, 0)));
        execute(new Operation.Begin("w", SECOND));
        clock.addAndGet(-SECOND / 2);

        assertThat(read())
                .isInstanceOfSatisfying(
                        Reading.Writing.class,
                        writing -> assertThat(writing.old()).isNotNull());
        assertThat(execute(new Operation.Renew("w", SECOND))).isTrue();
        clock.addAndGet(-1);
        assertThat(read())
                .as("further back than the value")
                .isInstanceOfSatisfying(
                        Reading.Writing.class,
                        writing -> assertThat(writing.old()).isNull());
    }

    @Test
    void A43_valueWithoutEnd_stays() {
        execute(new Operation.Put(content("v1", Content.FOREVER, 0)));
        back(Duration.ofHours(1));

        assertThat(read())
                .isInstanceOfSatisfying(
                        Reading.Hit.class, hit -> assertThat(hit.age()).isZero());
    }

    @Test
    void A43_pendingWrite_isDue() {
        execute(new PendingOperation.Enqueue(content("v1", HOUR, 0), true));
        back(Duration.ofHours(1));
        assertThat(claim("f").due()).hasSize(1);

        execute(new PendingOperation.Failed(claim("f").due().get(0).version(), 1, 5 * SECOND, "down"));
        assertThat(claim("f").due()).as("in its pause").isEmpty();
        back(Duration.ofSeconds(1));
        assertThat(claim("f").due()).as("for longer than its pause").hasSize(1);
    }

    private Claim claim(String flusher) {
        return await(namespace.claim("users", List.of(0), flusher, SECOND, 10).get(0));
    }

    @Test
    void A43_flusherLease_doesNotEnd_whateverTheClockDoes() {
        execute(new PendingOperation.Enqueue(content("v1", HOUR, 0), true));
        assertThat(claim("f").granted()).isTrue();

        clock.addAndGet(HOUR);
        assertThat(claim("g").granted()).isFalse();
        back(Duration.ofHours(2));
        assertThat(claim("g").granted()).isFalse();
    }

    @Test
    void A44_window_isRefusedAfterTheClockWentBack() {
        Window window = namespace.window(0, SECOND);
        back(Duration.ofSeconds(8));
        clock.addAndGet(5 * SECOND);

        assertThat(execute(new Operation.Put(content("late", HOUR, 0), window)).late())
                .isTrue();
    }
}
