package dev.duet;

import dev.duet.internal.Waiting;
import dev.duet.local.CoarseClock;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;

/** Lets the simulation, which is in a package of its own, put its time and threads in the place of the machine's. */
public final class SimulatedMachinery {

    private SimulatedMachinery() {}

    /** Has the node that {@code builder} builds take its name, time and threads from there. */
    public static DuetBuilder inject(
            DuetBuilder builder,
            String name,
            CoarseClock clock,
            ScheduledExecutorService scheduler,
            Waiting waiting,
            Executor background,
            DoubleSupplier random) {
        return builder.machinery(
                new Machinery(name, clock, ForkJoinPool.commonPool(), scheduler, waiting, background, random, false));
    }
}
