package dev.duet.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads that simulated nodes run on, of which exactly one runs at a time: the one that was given the turn last. They
 * serve one schedule after the other.
 *
 * <p>Implementation note. Nobody stands in the middle: the thread that has to wait lets things happen itself, on its own
 * stack, until something is to go on elsewhere. So most waits cost no switch. Whatever is not volatile here and in the
 * simulation is handed on with the turn.
 */
final class Crew implements AutoCloseable {

    private final Deque<Hand> idle = new ArrayDeque<>();
    private @Nullable World world;
    private @Nullable Thread director;
    private volatile boolean over;
    private volatile boolean closed;

    /** Plays a schedule from its beginning to its end; the caller waits. */
    void play(World newWorld) {
        world = newWorld;
        director = Thread.currentThread();
        over = false;
        spare().giveTurn();
        while (!over) {
            LockSupport.park(this);
        }
        world = null;
    }

    /** A thread that has nothing to do. */
    Hand spare() {
        Hand hand = idle.pollLast();
        if (hand == null) {
            hand = new Hand();
            hand.setDaemon(true);
            hand.start();
        }
        return hand;
    }

    /** Has {@code hand} lie idle; it must await its turn next. */
    void rest(Hand hand) {
        idle.addLast(hand);
    }

    /** Ends the play. */
    void end() {
        over = true;
        LockSupport.unpark(director);
    }

    @Override
    public void close() {
        closed = true;
        idle.forEach(Hand::giveTurn);
    }

    /** One of the threads. */
    final class Hand extends Thread {
        private volatile boolean turn;
        /** What it is to begin with when it is given the turn from rest. */
        @Nullable
        Strand first;

        private Hand() {
            super("simulated");
        }

        void giveTurn() {
            turn = true;
            LockSupport.unpark(this);
        }

        void awaitTurn() {
            while (!turn) {
                LockSupport.park(this);
            }
            turn = false;
        }

        @Override
        public void run() {
            awaitTurn();
            while (!closed && world != null) {
                world.drive(this);
                awaitTurn();
            }
        }
    }
}
