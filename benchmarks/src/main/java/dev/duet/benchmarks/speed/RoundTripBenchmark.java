package dev.duet.benchmarks.speed;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The time of one operation that reaches the second level, as one thread sees it. Run by {@link Speed}. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RoundTripBenchmark {

    /** Made by JMH. */
    public RoundTripBenchmark() {}

    /** Whatever the suite is about, once. */
    @Benchmark
    public @Nullable Object once(Opened opened) {
        return opened.operation().run();
    }

    /** A system of a suite. */
    @State(Scope.Benchmark)
    public static class Opened {
        /** The suite. */
        @Param("")
        public String suite = "";

        /** The system. */
        @Param("")
        public String system = "";

        private @Nullable Operation operation;

        /** Made by JMH. */
        public Opened() {}

        static List<Contender<Operation>> contenders(String suite) {
            return switch (suite) {
                case StoreHits.SUITE -> StoreHits.contenders();
                case Writes.SUITE -> Writes.contenders();
                case Updates.SUITE -> Updates.contenders();
                case BulkReads.SUITE -> BulkReads.contenders();
                default -> throw new IllegalArgumentException("no such suite: " + suite);
            };
        }

        Operation operation() {
            return Objects.requireNonNull(operation);
        }

        /** Sets it up. */
        @Setup
        public void open() throws Exception {
            operation = Contender.open(contenders(suite), system);
        }

        /** Prepares one run. */
        @Setup(Level.Invocation)
        public void prepare() {
            operation().prepare();
        }

        /** Ends it. */
        @TearDown
        public void close() {
            operation().close();
        }
    }
}
