package dev.duet.samples.users.stage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A JVM that this one started, with the same class path, and that says {@code READY port=…} once it serves. It is to hold
 * on to its standard input with a {@link Lifeline}, and then ends with this JVM at the latest. Thread-safe.
 */
public final class JvmProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(5);
    private static final int LOG_LINES = 20;

    /** Small and quick to start, since several share a machine with their databases. */
    private static final List<String> OPTIONS = List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Process process;
    private final Path log;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    private JvmProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        Thread reader = new Thread(this::readOutput, "output-of-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a JVM, without waiting for it.
     *
     * @param main its main class
     * @param environment what to add to the environment
     * @param log where its standard error goes, after what is there already
     */
    public static JvmProcess start(Class<?> main, Map<String, String> environment, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            return new JvmProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until it serves.
     *
     * @return its port
     * @throws IllegalStateException if it ends before, or takes more than a minute; the message has the end of its log
     */
    public int awaitReady() {
        try {
            return port.get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("process " + pid() + " ended early; its log:\n" + tail(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "process " + pid() + " is not ready after " + START + "; its log:\n" + tail());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while process " + pid() + " starts", e);
        }
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Ends it as {@code kill -9} does, and waits for that. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** Lets go of it, so that it ends in an orderly way; kills it if that takes more than five seconds. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
        } catch (IOException gone) {
            // so is the process
        }
        if (!awaitExit()) {
            kill();
        }
    }

    private boolean awaitExit() {
        try {
            return process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void readOutput() {
        try (BufferedReader output = process.inputReader()) {
            String line = output.readLine();
            while (line != null) {
                if (line.startsWith("READY port=")) {
                    port.complete(Integer.parseInt(line.substring("READY port=".length())));
                }
                line = output.readLine();
            }
            port.completeExceptionally(new IllegalStateException("end of output"));
        } catch (IOException | NumberFormatException e) {
            port.completeExceptionally(e);
        }
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException e) {
            return log + " cannot be read: " + e;
        }
    }
}
