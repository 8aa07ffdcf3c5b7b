package dev.duet.benchmarks.speed;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A hit on a warm key: Zipf-distributed keys over a cache that holds them all, with a time to live wherever there is
 * one to set; and peers, with one level or two. The keys asked for are equal to the cached ones and not the same objects,
 * as in an application. Run by {@link Speed}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class NearHitBenchmark {

    private static final int DRAWS = 1 << 14;

    /** Made by JMH. */
    public NearHitBenchmark() {}

    /** Reads a key that is near. */
    @Benchmark
    public @Nullable Object hit(Opened opened, Keys keys) {
        return Objects.requireNonNull(opened.reads).get(keys.next());
    }

    /** The keys of a thread, each thread at its own place in the sequence. */
    @State(Scope.Thread)
    public static class Keys {
        private final Long[] drawn = ZipfKeys.draw(NearHits.KEYS, DRAWS);
        private int next = (int) Thread.currentThread().getId() * (DRAWS / 7);

        /** Made by JMH. */
        public Keys() {}

        Long next() {
            return drawn[next++ & (DRAWS - 1)];
        }
    }

    /** A system that has all keys near. */
    @State(Scope.Benchmark)
    public static class Opened {
        /** The system. */
        @Param("")
        public String system = "";

        private NearHits.@Nullable Reads reads;
        private @Nullable AutoCloseable resource;

        /** Made by JMH. */
        public Opened() {}

        /** Sets it up, has it filled and checks each value. */
        @Setup
        public void open() throws Exception {
            NearHits.Near near = Contender.open(NearHits.contenders(), system);
            resource = near.resource();
            reads = near.reads();
            near.check();
            System.gc(); // moves together what lies scattered between the leavings of filling it
        }

        /** Ends it. */
        @TearDown
        public void close() throws Exception {
            Objects.requireNonNull(resource).close();
        }
    }
}
