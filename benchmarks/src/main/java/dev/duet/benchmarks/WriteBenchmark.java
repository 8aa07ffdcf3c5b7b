package dev.duet.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.duet.CacheBuilder;
import dev.duet.Duet;
import dev.duet.TwoLevelCache;
import dev.duet.WriteBehind;
import dev.duet.benchmarks.Interleaved.Figure;
import dev.duet.redis.RedisStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.RunnerException;
import org.redisson.api.RBucket;
import org.redisson.api.RedissonClient;

/**
 * What a write takes, for each way of writing, against one {@code SET} of as many bytes through the same client: one thread,
 * which writes as fast as it can, a real Redis that saves nothing, and a real PostgreSQL that commits to the disk. Behind the
 * writes that are made later, the flusher works against that PostgreSQL with its default settings, on the same machine.
 *
 * <p>To run all of it, interleaved, with {@link FlushBenchmark}, from the root of the project:
 *
 * <pre>{@code mvn -B -q -pl benchmarks -am -DskipTests -DskipITs package exec:exec@writes}</pre>
 *
 * <p>It prints tables of ratios and writes {@code benchmarks/results/writes.json} and {@code flushes.json}.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class WriteBenchmark {

    private static final int VALUE_SIZE = 200;
    private static final int FEW = 16;

    /** Made by JMH. */
    public WriteBenchmark() {}

    /**
     * Runs both suites.
     *
     * @param args the number of rounds, three if left out; the folder for the results, {@code results} if left out
     * @throws RunnerException if a benchmark fails
     * @throws IOException if the results cannot be written
     */
    public static void main(String[] args) throws RunnerException, IOException {
        int rounds = (args.length > 0) ? Integer.parseInt(args[0]) : 3;
        Path results = Path.of((args.length > 1) ? args[1] : "results");
        try (WriteServers servers = WriteServers.start()) {
            new Interleaved(WriteBenchmark.class, "bareSet", 1)
                    .jvmArguments(servers.jvmArguments())
                    .figures(Figure.percentile(50, "us"), Figure.percentile(99, "us"))
                    .run(rounds, results.resolve("writes.json"));
            new Interleaved(FlushBenchmark.class, "oneByOne", 1)
                    .jvmArguments(servers.jvmArguments())
                    .figures(Figure.perSecond())
                    .run(rounds, results.resolve("flushes.json"));
        }
    }

    /** The lower bound: one command with a value of the same size, made before. */
    @Benchmark
    public void bareSet(Bare system, Keys keys) {
        RBucket<byte[]> bucket = system.client.getBucket("duet:{17}:items:" + keys.next());
        bucket.set(system.value);
    }

    /** A {@code put} that tells no database. */
    @Benchmark
    public void cacheAside(Aside system, Keys keys) {
        system.cache.put(keys.next(), system.value);
    }

    /** A {@code put} that is acknowledged when the store has it; another key each time. */
    @Benchmark
    public void writeBehind(Behind system, Keys keys) {
        system.cache.put(keys.next(), system.value);
    }

    /** The same for the same few keys, whose writes become one. */
    @Benchmark
    public void writeBehindFewKeys(Behind system, Keys keys) {
        system.cache.put(keys.next() % FEW, system.value);
    }

    /** A {@code put} that returns when PostgreSQL has committed it, and the store has it. */
    @Benchmark
    public void writeThrough(Through system, Keys keys) {
        system.cache.put(keys.next(), system.value);
    }

    /** Keys of which none comes twice. */
    @State(Scope.Thread)
    public static class Keys {
        private long next;

        /** Made by JMH. */
        public Keys() {}

        Long next() {
            return next++;
        }
    }

    /** The client alone. */
    @State(Scope.Benchmark)
    public static class Bare {
        private final RedissonClient client = WriteServers.redis();
        // with the quotes of its JSON and the header of a record
        private final byte[] value = new byte[VALUE_SIZE + 64];

        /** Connects. */
        public Bare() {}

        /** Disconnects. */
        @TearDown
        public void close() {
            client.shutdown();
        }
    }

    /** A cache whose writes touch no database. */
    @State(Scope.Benchmark)
    public static class Aside extends Cached {
        /** Builds it. */
        public Aside() {
            super(cache -> cache);
        }
    }

    /** A cache that writes behind. */
    @State(Scope.Benchmark)
    public static class Behind extends Cached {
        /** Builds it. */
        public Behind() {
            this(WriteServers.postgres());
        }

        private Behind(HikariDataSource database) {
            // so many that the writer of this benchmark is never held up, however far it gets ahead
            super(
                    cache -> cache.writeBehind(WriteBehind.<Long, String>to(new ItemWriter(database))
                            .maximumPending(10_000_000)),
                    database);
        }
    }

    /** A cache that writes through. */
    @State(Scope.Benchmark)
    public static class Through extends Cached {
        /** Builds it. */
        public Through() {
            this(WriteServers.postgres());
        }

        private Through(HikariDataSource database) {
            super(cache -> cache.writer(new ItemWriter(database)), database);
        }
    }

    /** Some cache, on a client as {@link Bare} has it. */
    @State(Scope.Benchmark)
    public abstract static class Cached {
        final TwoLevelCache<Long, String> cache;
        final String value = "v".repeat(VALUE_SIZE);
        private final AutoCloseable[] resources;
        private final RedissonClient client = WriteServers.redis();
        private final Duet duet = Duet.builder().store(RedisStore.using(client)).build();

        Cached(UnaryOperator<CacheBuilder<Long, String>> settings, AutoCloseable... resources) {
            this.resources = resources;
            this.cache = settings.apply(duet.cache("items", Long.class, String.class))
                    .build();
        }

        /** Stops the node, and says what was flushed. */
        @TearDown
        public void close() throws Exception {
            if (cache.stats().writeBehind().acknowledged() > 0) {
                System.out.println("# " + cache.stats().writeBehind());
            }
            duet.close();
            client.shutdown();
            for (AutoCloseable resource : resources) {
                resource.close();
            }
        }
    }
}
