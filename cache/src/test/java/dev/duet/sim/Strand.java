package dev.duet.sim;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A thread of a simulated node, as the simulation sees it: something that runs, waits, and goes on. */
final class Strand {

    final SimulatedNode node;
    final String name;
    final Runnable body;
    /** The thread that it runs on, once it has been started. */
    Crew.@Nullable Hand hand;
    /** The number of its present wait, by which a wake-up that comes too late is told. */
    long wait;
    /** Whether it waits, and nothing has woken it yet. */
    boolean asleep;
    /** The token under which it announced a write last. */
    @Nullable
    String token;
    /** The keys that it announced under that. */
    final Set<Integer> announced = new LinkedHashSet<>(2);
    /** The write that it makes. */
    AnnouncedWrites.@Nullable Made write;
    /** The rows as its transaction sees them, if it is in one that reads. */
    @Nullable
    Map<Integer, Long> rows;
    /** The keys that it could not load. */
    final Set<Integer> failed = new LinkedHashSet<>(2);

    Strand(SimulatedNode node, String name, Runnable body) {
        this.node = node;
        this.name = name;
        this.body = body;
    }

    @Override
    public String toString() {
        return node.name + '/' + name;
    }
}
