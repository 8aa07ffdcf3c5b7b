package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteRetryTest {

    private static final WriteRetry RETRY = WriteRetry.exponential(Duration.ofMillis(100), Duration.ofSeconds(1))
            .withMaximumAttempts(5);

    @Test
    void pause_doublesUpToTheLongest_fromItsHalfOn() {
        assertThat(RETRY.pause(1, () -> 0)).isEqualTo(Duration.ofMillis(50));
        assertThat(RETRY.pause(1, () -> 1)).isEqualTo(Duration.ofMillis(100));
        assertThat(RETRY.pause(3, () -> 1)).isEqualTo(Duration.ofMillis(400));
        assertThat(RETRY.pause(5, () -> 1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(RETRY.pause(1_000_000, () -> 1)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void pause_ofTheLongestDurations_doesNotOverflow() {
        Duration longest = Duration.ofDays(36_500);
        assertThat(WriteRetry.exponential(longest, longest).pause(30, () -> 1)).isEqualTo(longest);
    }

    @Test
    void connections_areNobodysFault() {
        assertThat(WriteRetry.isUnavailable(new ConnectException("refused"))).isTrue();
        assertThat(WriteRetry.isUnavailable(new TimeoutException())).isTrue();
        assertThat(WriteRetry.isUnavailable(new SQLTransientConnectionException("pool")))
                .isTrue();
        assertThat(WriteRetry.isUnavailable(new IllegalStateException(new RuntimeException(new ConnectException()))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"08001", "08006", "53300", "57P01", "40001", "40P01"})
    void statesOfConnectionAndResources_areNobodysFault(String state) {
        assertThat(WriteRetry.isUnavailable(new BatchUpdateException("batch", state, new int[0])))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "22001", "42P01", "57014"})
    void otherStates_areTheWritesOwn(String state) {
        assertThat(WriteRetry.isUnavailable(new SQLException("no", state))).isFalse();
    }

    @Test
    void otherExceptions_areTheWritesOwn() {
        assertThat(WriteRetry.isUnavailable(new IllegalArgumentException("no"))).isFalse();
        assertThat(WriteRetry.isUnavailable(new SQLException("no state"))).isFalse();
    }

    @Test
    void settings_areChecked() {
        assertThatThrownBy(() -> WriteRetry.exponential(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("first pause of retry");
        assertThatThrownBy(() -> WriteRetry.exponential(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shorter than the first");
        assertThatThrownBy(() -> RETRY.withMaximumAttempts(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 1 to 1,000, but is 0");
    }
}
