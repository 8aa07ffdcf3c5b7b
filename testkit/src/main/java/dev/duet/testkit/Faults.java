package dev.duet.testkit;

import dev.duet.testkit.FaultProxy.Direction;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The faults of a proxy or of one connection. Confined to the proxy's thread. */
final class Faults {

    private final Set<Direction> swallowed = EnumSet.noneOf(Direction.class);
    private final Map<Direction, Long> delays = new EnumMap<>(Direction.class);

    void clear() {
        swallowed.clear();
        delays.clear();
    }

    void swallow(Direction direction) {
        swallowed.add(direction);
    }

    boolean swallows(Direction direction) {
        return swallowed.contains(direction);
    }

    void delay(Direction direction, long nanos) {
        delays.put(direction, nanos);
    }

    long delayNanos(Direction direction) {
        return delays.getOrDefault(direction, 0L);
    }
}
