package dev.duet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The highest version that was kept is known before anybody can be served it. */
class NearCacheHighestTest {

    private static final int PARTITION = 0;

    private final AtomicLong nanos = new AtomicLong();
    private final CoarseClock clock = CoarseClock.manual(nanos::get);
    private final NearCache<Watcher, String> near =
            new NearCache<>(NearCacheConfig.ofSize(100, 1), clock, Freshness.endless());
    private final List<Long> seen = new ArrayList<>();

    /** A key that looks at the cache whenever the cache looks at it. */
    private final class Watcher {
        @Override
        public int hashCode() {
            seen.add(near == null ? 0 : near.highest(PARTITION));
            return 7;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }

    @Test
    void fill_insertion_knowsTheHighestVersionBefore() {
        Watcher key = new Watcher();
        long ticket = near.ticket(key);
        seen.clear();

        assertThat(near.fill(key, ticket, "v", PARTITION, 5, NearLife.of(Long.MAX_VALUE, Long.MAX_VALUE)))
                .isEqualTo(FillOutcome.FILLED);

        assertThat(seen).last().isEqualTo(5L);
    }
}
