package dev.duet.hazelcast.internal;

import com.hazelcast.core.HazelcastInstance;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The clocks of a member. The time of a partition begins at the wall clock, once, and goes on by the steady one: wall clocks
 * step, and differ from member to member. Thread-safe.
 *
 * @param source whose steady clock it is: those of one JVM are one, those of two JVMs cannot be compared
 * @param wall the wall clock, in microseconds since the epoch
 * @param nanos the steady clock, in nanoseconds since any time
 */
record Clocks(UUID source, LongSupplier wall, LongSupplier nanos) {

    /** Under which name the context of a member's configuration has others, for tests. */
    static final String IN_CONTEXT = "dev.duet.clocks";

    /** Those of this JVM. */
    static final Clocks OF_JVM = new Clocks(
            UUID.randomUUID(), () -> TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()), System::nanoTime);

    static Clocks of(HazelcastInstance member) {
        return member.getUserContext().get(IN_CONTEXT) instanceof Clocks others ? others : OF_JVM;
    }
}
