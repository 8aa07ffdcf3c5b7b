package dev.duet.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Who is woken, and who learns that a load has ended. */
class WaitingReadersTest {

    private static final long KEY = 1;

    private final WaitingReaders<Long> readers = new WaitingReaders<>();
    private final WaitingReaders<Long>.Reader reader = readers.join(KEY);

    @Test
    void loadFailed_ofTheKey_isSeenByAllWhoWait() {
        WaitingReaders<Long>.Reader other = readers.join(KEY);
        CompletableFuture<?> first = reader.next(readers.mark(KEY));
        CompletableFuture<?> second = other.next(readers.mark(KEY));

        readers.loadFailed(KEY);

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(reader.hasSeenLoadFail()).isTrue();
        assertThat(other.hasSeenLoadFail()).isTrue();
        assertThat(reader.next(readers.mark(KEY))).isNotDone();
    }

    @Test
    void loadFailed_beforeItWaits_wakesAndIsNotSeen() {
        long mark = readers.mark(KEY);
        readers.loadFailed(KEY);

        WaitingReaders<Long>.Reader late = readers.join(KEY);

        assertThat(late.next(mark)).isCompleted();
        assertThat(late.hasSeenLoadFail()).isFalse();
    }

    @Test
    void loadFailed_ofAKeyThatSharesTheMark_wakesAndIsNotSeen() {
        long mark = readers.mark(KEY);
        LongStream.range(2, 10_000).forEach(readers::loadFailed);

        assertThat(readers.mark(KEY)).isGreaterThan(mark);
        assertThat(reader.next(mark)).isCompleted();
        assertThat(reader.hasSeenLoadFail()).isFalse();
    }

    @Test
    void wake_afterALoadFailed_isAnotherLoadToWaitFor() {
        readers.loadFailed(KEY);

        readers.wake(KEY);

        assertThat(reader.hasSeenLoadFail()).isFalse();
    }

    @Test
    void wakeAll_wakesAndIsNoEnd() {
        CompletableFuture<?> next = reader.next(readers.mark(KEY));

        readers.wakeAll();

        assertThat(next).isCompleted();
        assertThat(reader.hasSeenLoadFail()).isFalse();
    }

    @Test
    void leave_isNotWokenAnyMore() {
        CompletableFuture<?> next = reader.next(readers.mark(KEY));
        reader.leave();

        readers.loadFailed(KEY);

        assertThat(next).isNotDone();
        assertThat(reader.hasSeenLoadFail()).isFalse();
    }
}
