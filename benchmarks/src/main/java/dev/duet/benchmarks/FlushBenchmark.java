package dev.duet.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.duet.Duet;
import dev.duet.TwoLevelCache;
import dev.duet.WriteBehind;
import dev.duet.redis.RedisStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.redisson.api.RedissonClient;

/**
 * How fast what is pending gets into PostgreSQL: batches of one hundred, each in one transaction and one batched statement,
 * against single statements that commit for themselves. The writes wait, as the flusher looks for them once a day, until they
 * are flushed by hand. Run by {@link WriteBenchmark}.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
public class FlushBenchmark {

    private static final int MANY = 20_000;
    private static final int FEWER = 4_000;

    /** Made by JMH. */
    public FlushBenchmark() {}

    /** Batches of one. */
    @Benchmark
    @OperationsPerInvocation(FEWER)
    public void oneByOne(Single system) {
        system.flush();
    }

    /** Batches of the size that is the default. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void batchesOf100(Batches system) {
        system.flush();
    }

    /** As many as are written one by one. */
    @State(Scope.Benchmark)
    public static class Single extends Pending {
        /** Connects. */
        public Single() {
            super(FEWER, 1);
        }
    }

    /** As many as are written in batches. */
    @State(Scope.Benchmark)
    public static class Batches extends Pending {
        /** Connects. */
        public Batches() {
            super(MANY, 100);
        }
    }

    /** A cache with pending writes. */
    @State(Scope.Benchmark)
    public abstract static class Pending {
        private final int writes;
        private final HikariDataSource database = WriteServers.postgres();
        private final RedissonClient client = WriteServers.redis();
        private final Duet duet = Duet.builder().store(RedisStore.using(client)).build();
        private final TwoLevelCache<Long, String> cache;
        private int round;

        Pending(int writes, int batchSize) {
            this.writes = writes;
            this.cache = duet.cache("items", Long.class, String.class)
                    .writeBehind(WriteBehind.<Long, String>to(new ItemWriter(database))
                            .flushEvery(Duration.ofDays(1))
                            .batchSize(batchSize))
                    .build();
        }

        /** Puts new values to the same keys. */
        @Setup(Level.Iteration)
        public void put() {
            String value = "v".repeat(200) + round++;
            Map<Long, String> values = new HashMap<>();
            for (long key = 0; key < writes; key++) {
                values.put(key, value);
            }
            cache.putAll(values);
        }

        void flush() {
            if (!cache.pendingWrites().flush(Duration.ofMinutes(5))) {
                throw new IllegalStateException("not flushed: " + cache.stats().writeBehind());
            }
        }

        /** Stops the node, and says what was flushed. */
        @TearDown
        public void close() {
            System.out.println("# " + cache.stats().writeBehind());
            duet.close();
            client.shutdown();
            database.close();
        }
    }
}
