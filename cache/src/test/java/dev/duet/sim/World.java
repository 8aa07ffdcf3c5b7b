package dev.duet.sim;

import java.util.LinkedHashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time and everything that is to happen in it, in an order that depends on the seed alone. Times are in nanoseconds
 * from the beginning. To be used by the thread that has the turn.
 */
final class World {

    static final long MICROS = 1_000;
    static final long MILLIS = 1_000_000;

    final SplittableRandom random;
    final Trace trace;
    private final Crew crew;
    private final PriorityQueue<Event> events = new PriorityQueue<>(256);
    private final Set<Strand> strands = new LinkedHashSet<>();
    private long now;
    private long numbers;
    private @Nullable Strand current;
    private boolean ended;
    private @Nullable Throwable failure;
    private Runnable onFailure = () -> {};

    World(Crew crew, SplittableRandom random, Trace trace) {
        this.crew = crew;
        this.random = random;
        this.trace = trace;
    }

    long now() {
        return now;
    }

    /** The strand that runs, or null if an event does. */
    @Nullable
    Strand current() {
        return current;
    }

    /** What to do if the simulation itself fails: it must come to its {@link #end}. */
    void onFailure(Runnable action) {
        onFailure = action;
    }

    /** Lets something happen later, whatever becomes of any node. */
    void after(long delay, Runnable action) {
        add(new Event(now + delay, numbers++, null, null, action));
    }

    /** Lets something happen on a node: later if it is paused then, never if it is dead. */
    void after(long delay, SimulatedNode node, Runnable action) {
        add(new Event(now + delay, numbers++, node, null, action));
    }

    /** Starts a thread of a node. */
    void start(long delay, Strand strand) {
        add(new Event(now + delay, numbers++, strand.node, strand, null));
    }

    private void add(Event event) {
        if (!ended || (event.strand != null && event.strand.hand != null)) {
            events.add(event);
        }
    }

    /** What comes of {@code event} after all, now that its node goes on; in the order in which it would have come. */
    void again(Event event) {
        add(new Event(Math.max(now, event.time), event.number, event.node, event.strand, event.action));
    }

    /** Plays everything until {@link #end}; throws what went wrong in the simulation itself. */
    void play() {
        crew.play(this);
        if (failure != null) {
            throw new AssertionError("the simulation failed", failure);
        }
    }

    /** Nothing happens any more, but that the threads unwind. The nodes must be dead. */
    void end() {
        ended = true;
        events.removeIf(event -> event.strand == null || event.strand.hand == null);
    }

    boolean hasEnded() {
        return ended;
    }

    /** Lets the current strand wait. */
    void sleep(long nanos) {
        Strand strand = running();
        long wait = fallAsleep(strand);
        after(nanos, () -> wake(strand, wait, 0));
        goOnLater(strand);
    }

    /** Lets the current strand wait for a result. */
    <T> T await(CompletableFuture<T> result, long nanos)
            throws ExecutionException, InterruptedException, TimeoutException {
        Strand strand = running();
        if (!result.isDone()) {
            long wait = fallAsleep(strand);
            CompletableFuture<T> unused =
                    result.whenComplete((value, thrown) -> wake(strand, wait, strand.node.hesitation()));
            if (nanos < Long.MAX_VALUE) {
                after(nanos, () -> wake(strand, wait, 0));
            }
            goOnLater(strand);
        }
        if (!result.isDone()) {
            throw new TimeoutException();
        }
        return result.get();
    }

    /** Wakes everything that waits on a node, for it is dead, and is to unwind. */
    void unwind(SimulatedNode node) {
        for (Strand strand : strands) {
            if (strand.node == node && strand != current) {
                wake(strand, strand.wait, 0);
            }
        }
    }

    private Strand running() {
        Strand strand = current;
        if (strand == null) {
            throw new IllegalStateException("something that must not block waits");
        }
        strand.node.checkAlive();
        return strand;
    }

    private static long fallAsleep(Strand strand) {
        strand.asleep = true;
        return ++strand.wait;
    }

    private void wake(Strand strand, long wait, long delay) {
        if (strand.asleep && strand.wait == wait) {
            strand.asleep = false;
            events.add(new Event(now + delay, numbers++, strand.node, strand, null));
        }
    }

    private void goOnLater(Strand strand) {
        current = null;
        Crew.Hand hand = strand.hand;
        if (hand == null) {
            throw new IllegalStateException(strand + " was never started");
        }
        drive(strand, hand);
        current = strand;
        strand.node.enter();
        strand.node.checkAlive();
    }

    /** Lets things happen on a thread that has nothing else to do. */
    void drive(Crew.Hand hand) {
        drive(null, hand);
    }

    /** Lets things happen until {@code mine} is to go on; without one, until the end. */
    private void drive(@Nullable Strand mine, Crew.Hand hand) {
        if (mine == null && hand.first != null) {
            Strand first = hand.first;
            hand.first = null;
            run(first, hand);
        }
        while (true) {
            Event event = events.poll();
            if (event == null) {
                finish(mine, hand);
                return;
            }
            now = event.time;
            if (event.node != null && !event.node.takes(event)) {
                continue;
            }
            Strand strand = event.strand;
            if (strand == null) {
                act(event);
            } else if (strand == mine) {
                return;
            } else if (strand.hand == null && mine == null) {
                run(strand, hand);
            } else {
                boolean fresh = strand.hand == null;
                Crew.Hand other = fresh ? crew.spare() : strand.hand;
                if (fresh) {
                    other.first = strand;
                }
                if (mine == null) {
                    crew.rest(hand);
                }
                other.giveTurn();
                if (mine == null) {
                    return;
                }
                hand.awaitTurn();
                return;
            }
        }
    }

    private void finish(@Nullable Strand mine, Crew.Hand hand) {
        if (!strands.isEmpty()) {
            fail(new IllegalStateException("waiting for ever: " + strands));
        }
        if (mine == null) {
            crew.rest(hand);
        }
        crew.end();
        while (mine != null) {
            hand.awaitTurn(); // which never comes: this thread is lost, and the failure is told
        }
    }

    private void act(Event event) {
        try {
            if (event.action != null) {
                event.action.run();
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void run(Strand strand, Crew.Hand hand) {
        strand.hand = hand;
        strands.add(strand);
        current = strand;
        strand.node.enter();
        try {
            strand.body.run();
        } catch (NodeDied e) {
            // As it is meant to be.
        } catch (RuntimeException | Error e) {
            fail(e);
        } finally {
            current = null;
            strands.remove(strand);
        }
    }

    private void fail(Throwable thrown) {
        if (failure == null) {
            failure = thrown;
            after(0, onFailure);
        }
    }

    /** Something that is to happen: an action, or that a strand is started or goes on. */
    static final class Event implements Comparable<Event> {
        final long time;
        final long number;
        final @Nullable SimulatedNode node;
        final @Nullable Strand strand;
        final @Nullable Runnable action;

        Event(
                long time,
                long number,
                @Nullable SimulatedNode node,
                @Nullable Strand strand,
                @Nullable Runnable action) {
            this.time = time;
            this.number = number;
            this.node = node;
            this.strand = strand;
            this.action = action;
        }

        @Override
        public int compareTo(Event other) {
            return time != other.time ? Long.compare(time, other.time) : Long.compare(number, other.number);
        }
    }
}
