package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TokensTest {

    private static final long SECOND = 1_000_000_000;

    private final AtomicInteger draws = new AtomicInteger();

    /** A process as an image of it has it, with clocks that go on by themselves. */
    private final class Clone {
        final AtomicLong nanos = new AtomicLong(5);
        final AtomicLong millis = new AtomicLong(1_800_000_000_000L);
        final AtomicLong random = new AtomicLong(7);
        final Tokens tokens = new Tokens("node", nanos::get, millis::get, () -> {
            draws.incrementAndGet();
            return random.get();
        });
    }

    private final Clone one = new Clone();
    private final Clone clone = new Clone();

    @Test
    void oneNode_whoseClocksStandStill_drawsNoTokenTwice() {
        Set<String> drawn = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            drawn.add(one.tokens.next());
        }
        assertThat(drawn).hasSize(10_000).allMatch(token -> token.startsWith("node-"));
    }

    @Test
    void clones_aNanosecondApart_drawDifferentTokens() {
        clone.nanos.incrementAndGet();

        assertThat(clone.tokens.next()).isNotEqualTo(one.tokens.next());
    }

    @Test
    void clones_aMillisecondOfTheWallClockApart_drawDifferentTokens() {
        clone.millis.incrementAndGet();

        assertThat(clone.tokens.next()).isNotEqualTo(one.tokens.next());
    }

    @Test
    void restoredImages_whoseClocksAgree_haveSaltsOfTheirOwn() {
        one.random.set(8);
        clone.random.set(9);
        one.millis.addAndGet(2_000); // the monotonic clock stood still in the image
        clone.millis.addAndGet(2_000);

        assertThat(clone.tokens.next()).isNotEqualTo(one.tokens.next());
    }

    @Test
    void salt_isDrawnOnceASecond() {
        draws.set(0);
        for (int i = 0; i < 100; i++) {
            one.nanos.addAndGet(SECOND / 10);
            one.millis.addAndGet(100);
            one.tokens.next();
        }
        assertThat(draws).hasValue(10);
    }
}
