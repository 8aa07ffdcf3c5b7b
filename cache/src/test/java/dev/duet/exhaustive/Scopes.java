package dev.duet.exhaustive;

import static dev.duet.exhaustive.WriterKind.INVALIDATE;
import static dev.duet.exhaustive.WriterKind.INVALIDATE_ALL;
import static dev.duet.exhaustive.WriterKind.PUT;
import static dev.duet.exhaustive.WriterKind.UPDATE;
import static dev.duet.exhaustive.WriterKind.WRITE_THROUGH;

import java.util.List;

/**
 * The scopes that are explored. Each is about one thing, as a single scope with all of it could not be explored whole. At
 * the start node 1 holds the value near, and node 2 does not.
 */
final class Scopes {

    /** A writer, or a loader, may die at any step. */
    static final Scope UPDATES = Scope.of("two updates on two nodes, one crash")
            .writer(UPDATE, 0)
            .writer(UPDATE, 1)
            .reader(0, 1)
            .reader(1, 1)
            .allow(Fault.CRASH, 1);

    /** Values are stored by writers. */
    static final Scope WRITES_THROUGH = Scope.of("two writes through, one crash")
            .writer(WRITE_THROUGH, 0)
            .writer(WRITE_THROUGH, 1)
            .reader(0, 1)
            .allow(Fault.CRASH, 1);

    /** The whole cache is invalidated between the beginning of a write and its completion, or at any other time. */
    static final Scope THROUGH_AND_WHOLE_CACHE = Scope.of("a write through, and an invalidation of the whole cache")
            .writer(WRITE_THROUGH, 0)
            .writer(INVALIDATE_ALL, 1)
            .reader(0, 1);

    /** A write through is slow, loses its intent, and announces itself again. */
    static final Scope SLOW_THROUGH = Scope.of("a write through that outlives its intent, and an invalidation")
            .writer(WRITE_THROUGH, 0)
            .writer(INVALIDATE, 1)
            .reader(0, 1)
            .allow(Fault.SLOW_WRITER, 1);

    /** A writer keeps its own value near while another writes. */
    static final Scope THROUGH_AND_OWN = Scope.of("a write through, and an invalidation on the same node")
            .writer(WRITE_THROUGH, 0)
            .writer(INVALIDATE, 0)
            .reader(0, 1);

    static final Scope FLIGHTS = Scope.of("an invalidation and an update, two readers on one node")
            .writer(INVALIDATE, 1)
            .writer(UPDATE, 0)
            .reader(1, 1)
            .reader(1, 1);

    static final Scope JOINED_TWICE = Scope.of("an invalidation, three reads on its node")
            .writer(INVALIDATE, 1)
            .reader(1, 2)
            .reader(1, 1);

    static final Scope PEEKS = Scope.of("an invalidation, and a reader who does not load")
            .writer(INVALIDATE, 0)
            .peekingReader(0, 1)
            .reader(0, 2)
            .allow(Fault.NEAR_EVICTION, 1);

    static final Scope WHOLE_CACHE = Scope.of("an update, and an invalidation of the whole cache")
            .writer(UPDATE, 0)
            .writer(INVALIDATE_ALL, 1)
            .reader(1, 1);

    static final Scope PUTS = Scope.of("an invalidation, then a put")
            .writer(INVALIDATE, 0)
            .writer(PUT, 1)
            .reader(1, 1)
            .reader(1, 1);

    /** The network holds a put up, and its writer goes on without it. */
    static final Scope LATE_PUT = Scope.of("a put that comes late, and an update")
            .writer(PUT, 0)
            .writer(UPDATE, 1)
            .reader(0, 1)
            .reader(1, 1)
            .allow(Fault.LATE_PUT, 1);

    /** Writers work for longer than their intents stand. */
    static final Scope SLOW_WRITER = Scope.of("an update that outlives its intent, and an invalidation")
            .writer(UPDATE, 0)
            .writer(INVALIDATE, 1)
            .reader(0, 1)
            .allow(Fault.SLOW_WRITER, 1);

    /** The log is too short to hold all that may be missed. */
    static final Scope LOSSES = Scope.of("an invalidation, a message lost, a short log")
            .writer(INVALIDATE, 0)
            .reader(1, 1)
            .allow(Fault.LOSS, 1)
            .allow(Fault.AUDIT, 2)
            .allow(Fault.OTHER_KEY, 1)
            .logOf(1);

    /** Enough audits in a row that the subscription is made anew. */
    static final Scope SILENCE = Scope.of("an invalidation, a message lost, audits")
            .writer(INVALIDATE, 0)
            .reader(1, 1)
            .allow(Fault.LOSS, 1)
            .allow(Fault.AUDIT, 3);

    static final Scope REPEATS = Scope.of("an update, a message that comes twice")
            .writer(UPDATE, 0)
            .reader(1, 1)
            .allow(Fault.REPEAT, 1)
            .allow(Fault.AUDIT, 1);

    private Scopes() {}

    /** All scopes in which the protocol holds. */
    static List<Scope> all() {
        return List.of(
                UPDATES,
                WRITES_THROUGH,
                THROUGH_AND_WHOLE_CACHE,
                SLOW_THROUGH,
                THROUGH_AND_OWN,
                FLIGHTS,
                JOINED_TWICE,
                PEEKS,
                WHOLE_CACHE,
                PUTS,
                LATE_PUT,
                SLOW_WRITER,
                LOSSES,
                SILENCE,
                REPEATS);
    }
}
