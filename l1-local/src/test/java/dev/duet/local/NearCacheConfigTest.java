package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.ToIntBiFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class NearCacheConfigTest {

    private final ToIntBiFunction<String, String> length = NearCacheConfigTest::length;

    @Test
    void ofSize_positive_holdsNoWeight() {
        NearCacheConfig<String, String> config = NearCacheConfig.ofSize(10, 64);

        assertThat(config).isEqualTo(new NearCacheConfig<>(10L, null, null, 64));
    }

    @Test
    void ofWeight_positive_holdsNoSize() {
        NearCacheConfig<String, String> config = NearCacheConfig.ofWeight(10, length, 64);

        assertThat(config).isEqualTo(new NearCacheConfig<>(null, 10L, length, 64));
    }

    @Test
    void config_noBound_isRefused() {
        assertRefused(
                () -> new NearCacheConfig<>(null, null, null, 64),
                "a near cache must be bounded; set maximumSize, or maximumWeight and weigher");
        assertRefused(
                () -> new NearCacheConfig<>(null, null, length, 64),
                "a near cache must be bounded; set maximumSize, or maximumWeight and weigher");
    }

    @Test
    void config_bothBounds_isRefused() {
        assertRefused(
                () -> new NearCacheConfig<>(10L, 20L, length, 64),
                "maximumSize (10) and maximumWeight (20) are both set; set one of them");
    }

    @Test
    void config_weightWithoutWeigher_isRefused() {
        assertRefused(
                () -> new NearCacheConfig<>(null, 20L, null, 64),
                "maximumWeight is set without a weigher; set weigher, or use maximumSize");
    }

    @Test
    void config_weigherWithoutWeight_isRefused() {
        assertRefused(
                () -> new NearCacheConfig<>(10L, null, length, 64),
                "weigher is set, but maximumSize counts entries; use maximumWeight, or leave weigher out");
    }

    @Test
    void config_notPositive_isRefused() {
        assertRefused(() -> NearCacheConfig.ofSize(0, 64), "maximumSize must be positive, was 0; set it to 1 or more");
        assertRefused(
                () -> NearCacheConfig.ofWeight(-1, length, 64),
                "maximumWeight must be positive, was -1; set it to 1 or more");
        assertRefused(() -> NearCacheConfig.ofSize(1, 0), "partitions must be positive, was 0; set it to 1 or more");
    }

    @Test
    void config_fourArguments_leavesTheRestOut() {
        assertThat(new NearCacheConfig<>(10L, null, null, 64))
                .isEqualTo(new NearCacheConfig<>(10L, null, null, 64, null, null));
    }

    @Test
    void config_expireAfterAccessNotPositive_isRefused() {
        assertRefused(
                () -> new NearCacheConfig<>(10L, null, null, 64, Duration.ZERO, null),
                "expireAfterAccess must be positive, was PT0S; leave it out to keep entries for as long as there is room");
        assertRefused(
                () -> new NearCacheConfig<>(10L, null, null, 64, Duration.ofNanos(-1), null),
                "expireAfterAccess must be positive, was PT-0.000000001S; leave it out to keep entries for as long as"
                        + " there is room");
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    private static int length(String key, String value) {
        return value.length();
    }
}
