package dev.duet.samples.users;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A JVM of this class path, whose output goes to a file in a directory. */
final class StoryProcess implements AutoCloseable {

    private final Process process;
    private final Path output;

    private StoryProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts a class, with options for the JVM before it, and arguments after it. */
    static StoryProcess start(List<String> options, Class<?> main, Path directory, String... arguments)
            throws IOException {
        Path output = directory.resolve("output.txt");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("USERS_"));
        return new StoryProcess(builder.start(), output);
    }

    Process process() {
        return process;
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    /** Waits until it has printed {@code text}. */
    void awaitOutput(String text) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .failFast("the process has ended", () -> !process.isAlive())
                .until(() -> output().contains(text));
    }

    /** The processes that it and its children started. */
    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /** Sends a signal. */
    void signal(String name) throws Exception {
        int status = new ProcessBuilder("/bin/sh", "-c", "kill -s " + name + " " + process.pid())
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException("kill -s " + name + " failed: " + status);
        }
    }

    /** Whether a process runs; a dead one that its parent has not collected yet does not. */
    static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
