package dev.duet.benchmarks.speed;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The time of one of many pending writes, as {@link Flushes} has it. Run by {@link Speed}. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FlushBenchmark {

    /** Made by JMH. */
    public FlushBenchmark() {}

    /** Flushes all. */
    @Benchmark
    @OperationsPerInvocation(Flushes.WRITES)
    public void flush(Pending pending) {
        pending.flushes().flush();
    }

    /** A cache with pending writes. */
    @State(Scope.Benchmark)
    public static class Pending {
        /** The size of the batches. */
        @Param("")
        public String system = "";

        private @Nullable Flushes flushes;

        /** Made by JMH. */
        public Pending() {}

        Flushes flushes() {
            return Objects.requireNonNull(flushes);
        }

        /** Connects. */
        @Setup
        public void open() throws Exception {
            flushes = Contender.open(Flushes.contenders(), system);
        }

        /** Writes. */
        @Setup(Level.Iteration)
        public void put() {
            flushes().put();
        }

        /** Stops the node. */
        @TearDown
        public void close() {
            flushes().close();
        }
    }
}
