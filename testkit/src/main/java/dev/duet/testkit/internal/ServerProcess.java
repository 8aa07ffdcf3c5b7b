package dev.duet.testkit.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A process in a {@link Janitor}'s directory, which dies with this JVM at the latest. Its output goes to a log file in
 * that directory, never to the console. Its id is the server's own, not that of a shell around it. Thread-safe.
 */
public final class ServerProcess {

    private static final int LOG_LINES = 20;
    private static final Duration DEATH = Duration.ofSeconds(10);
    private static final String LAUNCHER = "echo $$ >\"$0\" && [ -e \"$0\" ] && exec \"$@\"";

    private final String name;
    private final Process process;
    private final Path log;

    private ServerProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a process.
     *
     * @param janitor who cleans up after it
     * @param name the process' name, for its files and messages; its log begins anew
     * @param command the executable and its arguments
     * @throws UncheckedIOException if it cannot be started
     */
    public static ServerProcess start(Janitor janitor, String name, List<String> command) {
        Path directory = janitor.directory();
        Path pidFile = directory.resolve(name + "-" + UUID.randomUUID() + ".pid");
        Path log = directory.resolve(name + ".log");
        List<String> launcher = new ArrayList<>(List.of("/bin/sh", "-c", LAUNCHER, pidFile.toString()));
        launcher.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(launcher)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("PG")); // not our database's
        builder.environment().put("LC_ALL", "C");
        try {
            Process process = builder.start();
            // The system may give the id to another process, which the janitor must not end.
            var unused = process.onExit().thenRun(() -> pidFile.toFile().delete());
            return new ServerProcess(name, process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it has not ended yet; a stopped process is alive. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits until a condition holds.
     *
     * @param what the condition in words, for the exception
     * @throws IllegalStateException if the process ends first, the time is over, or the thread is interrupted; the
     *     message carries the last lines of the log
     */
    public void awaitReady(String what, Duration timeout, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new IllegalStateException(name + " ended with status " + process.exitValue() + ":\n" + tail());
            }
            if (System.nanoTime() - start > timeout.toNanos()) {
                throw new IllegalStateException(name + ": no " + what + " within " + timeout + ":\n" + tail());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while waiting for " + name, e);
            }
        }
    }

    /**
     * Waits for its end.
     *
     * @return whether it ended in time
     * @throws IllegalStateException if the thread is interrupted
     */
    public boolean awaitExit(Duration timeout) {
        try {
            return process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the end of " + name, e);
        }
    }

    /** The exit status of a process that has ended; 128 and the signal's number if a signal ended it. */
    public int exitStatus() {
        return process.exitValue();
    }

    /** Ends it with SIGKILL and waits for that. Does nothing if it has ended. */
    public void kill() {
        process.destroyForcibly();
        if (!awaitExit(DEATH)) {
            throw new IllegalStateException(name + " outlives SIGKILL by " + DEATH);
        }
    }

    /**
     * Sends a signal.
     *
     * @param signal its name without SIG
     * @throws IllegalStateException if the process has ended
     */
    public void signal(String signal) {
        if (!process.isAlive()) {
            throw new IllegalStateException(name + " does not run");
        }
        Commands.run(List.of("/bin/sh", "-c", "kill -s \"$0\" \"$1\"", signal, Long.toString(pid())))
                .orThrow("kill -s " + signal);
    }

    /**
     * Stops the process (SIGSTOP) and, where the system tells, waits until it has stopped.
     *
     * @throws IllegalStateException if the process has ended
     */
    public void suspend() {
        signal("STOP");
        Path status = Path.of("/proc", Long.toString(pid()), "stat");
        if (Files.exists(status)) {
            awaitReady("stop", DEATH, () -> isStopped(status));
        }
    }

    private static boolean isStopped(Path status) {
        try {
            String line = Files.readString(status, StandardCharsets.ISO_8859_1);
            return line.startsWith(" T", line.lastIndexOf(')') + 1);
        } catch (IOException ended) {
            return false;
        }
    }

    /** The last lines of what it printed; empty if nothing, or if that cannot be read. */
    public String tail() {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - LOG_LINES), all.size()));
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }
}
