package dev.duet.exhaustive;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is explored: who reads and writes, what may go wrong and how often, and which guards are taken out. Immutable.
 *
 * @param name what it is about
 * @param writers each makes one write
 * @param readers each makes a number of reads, one after the other
 * @param faults how often each may happen; those not named do not
 * @param logSize how many changes the log keeps
 * @param out the guards that are taken out
 */
record Scope(
        String name,
        List<WriterRole> writers,
        List<ReaderRole> readers,
        Map<Fault, Integer> faults,
        int logSize,
        Set<Guard> out) {

    static final int NODES = 2;
    /** The one of the nodes whose feed is at fault, and which audits. */
    static final int FAR = 1;

    private static final int LONG_LOG = 16;

    /** A writer and its node. */
    record WriterRole(WriterKind kind, int node) {}

    /**
     * A reader and its node.
     *
     * @param peeks whether it calls {@code getIfPresent}, and not {@code get}
     */
    record ReaderRole(int node, int reads, boolean peeks) {}

    /** Nobody reads or writes, and nothing goes wrong. */
    static Scope of(String name) {
        return new Scope(name, List.of(), List.of(), Map.of(), LONG_LOG, EnumSet.noneOf(Guard.class));
    }

    Scope writer(WriterKind kind, int node) {
        return new Scope(name, added(writers, new WriterRole(kind, node)), readers, faults, logSize, out);
    }

    Scope reader(int node, int reads) {
        return reader(new ReaderRole(node, reads, false));
    }

    Scope peekingReader(int node, int reads) {
        return reader(new ReaderRole(node, reads, true));
    }

    Scope allow(Fault fault, int times) {
        Map<Fault, Integer> more = new EnumMap<>(Fault.class);
        more.putAll(faults);
        more.put(fault, times);
        return new Scope(name, writers, readers, Collections.unmodifiableMap(more), logSize, out);
    }

    Scope logOf(int size) {
        return new Scope(name, writers, readers, faults, size, out);
    }

    Scope without(Guard guard) {
        return new Scope(name, writers, readers, faults, logSize, EnumSet.of(guard));
    }

    /** Whether the guard is in place. */
    boolean has(Guard guard) {
        return !out.contains(guard);
    }

    int times(Fault fault) {
        return faults.getOrDefault(fault, 0);
    }

    /** Whether near caches have to know which change came last: only a writer who puts asks for it. */
    boolean putsNear() {
        return writers.stream().anyMatch(writer -> writer.kind() == WriterKind.PUT);
    }

    private Scope reader(ReaderRole role) {
        return new Scope(name, writers, added(readers, role), faults, logSize, out);
    }

    private static <T> List<T> added(List<T> list, T last) {
        List<T> longer = new ArrayList<>(list);
        longer.add(last);
        return List.copyOf(longer);
    }

    @Override
    public String toString() {
        return out.isEmpty() ? name : name + " without " + out;
    }
}
