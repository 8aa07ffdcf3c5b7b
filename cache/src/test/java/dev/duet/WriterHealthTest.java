package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.RecordKey;
import org.junit.jupiter.api.Test;

class WriterHealthTest {

    private static final RecordKey KEY = new RecordKey(0, "cache", "key");
    private static final RecordKey OTHER = new RecordKey(0, "cache", "other");

    private final WriterHealth health = new WriterHealth();

    @Test
    void failure_countsOnlyOnceAnotherWriteHasSucceededSince() {
        assertThat(health.counts(KEY, 1, false, 10)).isFalse();
        assertThat(health.counts(KEY, 1, false, 20)).isFalse();
        health.succeeded(OTHER, 30);
        assertThat(health.counts(KEY, 1, false, 40)).isTrue();
    }

    @Test
    void successBefore_provesNothing() {
        health.succeeded(OTHER, 5);
        assertThat(health.counts(KEY, 1, false, 10)).isFalse();
    }

    @Test
    void anotherWriteOfTheKey_startsAnew() {
        assertThat(health.counts(KEY, 1, false, 10)).isFalse();
        health.succeeded(OTHER, 20);
        assertThat(health.counts(KEY, 2, false, 30)).isFalse();
    }

    @Test
    void theOnlyOne_isToBlame() {
        assertThat(health.counts(KEY, 1, true, 10)).isTrue();
    }

    @Test
    void suspects_untilItWasMadeOrForgotten() {
        assertThat(health.suspects(KEY)).isFalse();
        assertThat(health.counts(KEY, 1, true, 10)).isTrue();
        assertThat(health.suspects(KEY)).isTrue();
        health.forget(KEY);
        assertThat(health.suspects(KEY)).isFalse();
    }

    @Test
    void down_untilAWriteSucceeds() {
        assertThat(health.isDown()).isFalse();
        assertThat(health.down()).isEqualTo(1);
        assertThat(health.down()).isEqualTo(2);
        assertThat(health.isDown()).isTrue();
        health.succeeded(KEY, 10);
        assertThat(health.isDown()).isFalse();
    }
}
