package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.WriterCalls.Due;
import dev.duet.WriterCalls.Outcome;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.RecordKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WriterCallsTest {

    private final List<String> calls = new ArrayList<>();
    private final LongAdder count = new LongAdder();

    /** Fails by throwing what is there for a key. */
    private final class Writer implements CacheWriter<String, String> {
        private final Map<String, Throwable> failures;

        Writer(Map<String, Throwable> failures) {
            this.failures = failures;
        }

        @Override
        public void write(String key, String value) throws Exception {
            calls.add(key + "=" + value);
            fail(key);
        }

        @Override
        public void delete(String key) throws Exception {
            calls.add(key + " gone");
            fail(key);
        }

        private void fail(String key) throws Exception {
            Throwable failure = failures.get(key);
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw (Exception) failure;
            }
        }
    }

    private static Due<String, String> due(int number, boolean removal) {
        PendingWrite pending = new PendingWrite(
                new RecordKey(0, "cache", "k" + number), number, 0, 0, null, Payload.of(new byte[] {1}));
        return new Due<>(pending, "k" + number, removal ? null : "v");
    }

    private static List<Due<String, String>> due(int number) {
        return IntStream.range(0, number).mapToObj(i -> due(i, false)).toList();
    }

    private Outcome<String, String> write(
            List<Due<String, String>> batch, Map<String, Throwable> failures, Predicate<PendingWrite> mine) {
        return new WriterCalls<>(WriteBehind.<String, String>to(new Writer(failures)), count, () -> 0, mine)
                .write(batch);
    }

    private Outcome<String, String> write(List<Due<String, String>> batch, Map<String, Throwable> failures) {
        return write(batch, failures, pending -> true);
    }

    @Test
    void batch_isOneCall_ofWritesAndRemovals() {
        Outcome<String, String> outcome = write(List.of(due(1, false), due(2, true)), Map.of());
        assertThat(calls).containsExactly("k1=v", "k2 gone");
        assertThat(outcome.written()).hasSize(2);
        assertThat(count.sum()).isEqualTo(1);
    }

    @Test
    void batchThatFails_isMadeOneByOne() {
        IllegalStateException failure = new IllegalStateException();
        Outcome<String, String> outcome = write(due(3), Map.of("k1", failure));
        assertThat(outcome.written()).extracting(due -> due.key).containsExactly("k0", "k2");
        assertThat(outcome.failed()).hasSize(1).containsValue(failure);
        assertThat(outcome.failed().keySet()).extracting(due -> due.key).containsExactly("k1");
        assertThat(outcome.unavailable()).isNull();
    }

    @Test
    void unavailable_isNotTriedOneByOne() {
        IOException failure = new IOException();
        Outcome<String, String> outcome = write(due(3), Map.of("k0", failure));
        assertThat(outcome).isEqualTo(new Outcome<>(List.of(), Map.of(), failure));
        assertThat(calls).hasSize(1);
    }

    @Test
    void unavailable_onTheWay_keepsWhatWasMade() {
        IOException failure = new IOException();
        Outcome<String, String> outcome = write(due(4), Map.of("k1", new IllegalStateException(), "k2", failure));
        assertThat(outcome.written()).extracting(due -> due.key).containsExactly("k0");
        assertThat(outcome.failed()).hasSize(1);
        assertThat(outcome.unavailable()).isSameAs(failure);
    }

    @Test
    void threeInARow_leaveTheRestForLater() {
        RuntimeException failure = new IllegalStateException();
        Outcome<String, String> outcome =
                write(due(10), Map.of("k0", failure, "k1", failure, "k2", failure, "k3", failure));
        assertThat(outcome.failed()).hasSize(3);
        assertThat(outcome.written()).isEmpty();
    }

    @Test
    void error_isAFailureAsAnyOther() {
        Outcome<String, String> outcome = write(due(1), Map.of("k0", new LinkageError()));
        assertThat(outcome.failed()).hasSize(1);
    }

    @Test
    void whatIsAnothersByNow_isNotMadeOneByOne() {
        Set<String> others = Set.of("k1", "k2");
        Outcome<String, String> outcome = write(
                due(4),
                Map.of("k3", new IllegalStateException()),
                pending -> !others.contains(pending.key().key()));
        assertThat(outcome.written()).extracting(due -> due.key).containsExactly("k0");
        assertThat(outcome.failed()).hasSize(1);
    }

    @Test
    void testThatFails_countsAgainstTheWrite() {
        WriteBehind<String, String> settings = WriteBehind.<String, String>to(
                        new Writer(Map.of("k0", new IOException())))
                .retry(WriteRetry.usual().withUnavailable(failure -> {
                    throw new IllegalStateException();
                }));
        Outcome<String, String> outcome = new WriterCalls<>(settings, count, () -> 0, pending -> true).write(due(1));
        assertThat(outcome.unavailable()).isNull();
        assertThat(outcome.failed()).hasSize(1);
    }

    @Test
    void unavailable_throws_leavesTheWritersFailureAsItIs() {
        IOException shared = new IOException("shared");
        WriteBehind<String, String> settings = WriteBehind.<String, String>to(new Writer(Map.of("k0", shared)))
                .retry(WriteRetry.usual().withUnavailable(failure -> {
                    throw new IllegalStateException("broken");
                }));

        Outcome<String, String> outcome = new WriterCalls<>(settings, count, () -> 0, pending -> true).write(due(1));

        assertThat(outcome.failed()).containsValue(shared);
        assertThat(shared.getSuppressed()).isEmpty();
    }
}
