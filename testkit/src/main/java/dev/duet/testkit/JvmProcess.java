package dev.duet.testkit;

import dev.duet.testkit.internal.Janitor;
import dev.duet.testkit.internal.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM of its own, with the class path of this one, for a test that pauses and kills nodes.
 *
 * <pre>{@code
 * try (JvmProcess node = JvmProcess.start("n1", Node.class, List.of("-Xmx64m"), List.of("argument"))) {
 *     node.pause();
 *     node.resume();
 *     node.kill();
 * }
 * }</pre>
 *
 * <p>It ends with {@link #close()}, and with this JVM at the latest, however this JVM ends, and though it be paused. It
 * reads nothing from its standard input; what it prints goes to {@link #output()}. Thread-safe.
 *
 * <p>Needs a Unix: it uses {@code /bin/sh} and signals.
 */
public final class JvmProcess implements AutoCloseable {

    private final Janitor janitor;
    private final ServerProcess process;

    private JvmProcess(Janitor janitor, ServerProcess process) {
        this.janitor = janitor;
        this.process = process;
    }

    /**
     * Starts a JVM, and does not wait for what it does.
     *
     * @param name its name in messages; letters and digits
     * @param main its main class
     * @param options for the JVM, such as {@code -Xmx64m}
     * @param arguments for the main method
     */
    public static JvmProcess start(String name, Class<?> main, List<String> options, List<String> arguments) {
        return start(name, System.getProperty("java.class.path"), main.getName(), options, arguments);
    }

    /**
     * Starts a JVM with a class path of its own, and does not wait for what it does.
     *
     * @param name its name in messages; letters and digits
     * @param classPath where its classes are
     * @param main the name of its main class
     * @param options for the JVM, such as {@code -Xmx64m}
     * @param arguments for the main method
     */
    public static JvmProcess start(
            String name, String classPath, String main, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        Janitor janitor = Janitor.watch("duet-jvm-", "KILL");
        try {
            return new JvmProcess(janitor, ServerProcess.start(janitor, name, command));
        } catch (RuntimeException | Error e) {
            janitor.close();
            throw e;
        }
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it has not ended yet; a paused one has not. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The last lines that it printed, to standard output or standard error; empty once this is closed. */
    public String output() {
        return process.tail();
    }

    /**
     * Stops it as a long pause would (SIGSTOP).
     *
     * @throws IllegalStateException if it has ended
     */
    public void pause() {
        process.suspend();
    }

    /**
     * Ends a {@link #pause()} (SIGCONT).
     *
     * @throws IllegalStateException if it has ended
     */
    public void resume() {
        process.signal("CONT");
    }

    /** Ends it at once (SIGKILL), paused or not, and returns when it is gone. */
    public void kill() {
        process.kill();
    }

    /**
     * Waits for it to end by itself.
     *
     * @return whether it did in time
     */
    public boolean awaitExit(Duration timeout) {
        return process.awaitExit(timeout);
    }

    /** Kills it if it has not ended. Further calls do nothing. */
    @Override
    public void close() {
        process.kill();
        janitor.close();
    }
}
