package dev.duet.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.testkit.RedisServer;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Another application on the same Redis, which needs more memory than there is. */
final class MemoryPressure {

    private static final Pattern EVICTED = Pattern.compile("evicted_keys:(\\d+)");
    private static final Duration LENGTH = Duration.ofSeconds(6);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** Writes 2 MB, which go by themselves soon after. */
    private static final String FILL = """
            for i = 1, 500 do
                redis.call('SET', 'other:' .. ARGV[1] .. ':' .. i, string.rep('x', 4096), 'EX', 5)
            end
            """;

    private MemoryPressure() {}

    /** Leaves a server too little memory for a while, and returns how many keys it evicted. */
    static long on(RedisServer redis) throws InterruptedException {
        long before = evictedKeys(redis);
        redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        redis.command("CONFIG", "SET", "maxmemory", "8mb");
        for (int i = 0; i < LENGTH.dividedBy(PAUSE); i++) {
            redis.command("EVAL", FILL, "0", Integer.toString(i));
            Thread.sleep(PAUSE.toMillis());
        }
        long evicted = evictedKeys(redis) - before;
        redis.command("CONFIG", "SET", "maxmemory", "0");
        assertThat(evicted).as("keys evicted").isPositive();
        return evicted;
    }

    private static long evictedKeys(RedisServer redis) {
        Matcher matcher = EVICTED.matcher(String.valueOf(redis.command("INFO", "stats")));
        assertThat(matcher.find()).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
