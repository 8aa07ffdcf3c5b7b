package dev.duet.testkit.internal;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Short external commands: found on the PATH, run to their end, their output returned. */
public final class Commands {

    static final Charset CHARSET = Charset.defaultCharset();
    private static final long SECONDS = 30;

    private Commands() {}

    /**
     * What a command printed and how it ended.
     *
     * @param status the exit status
     * @param output standard output and standard error, interleaved
     */
    public record Result(int status, String output) {

        /**
         * Returns the output of a command that succeeded.
         *
         * @throws IllegalStateException if its status is not zero; the message carries the output
         */
        public String orThrow(String what) {
            if (status != 0) {
                throw new IllegalStateException(what + " failed with status " + status + ":\n" + output.strip());
            }
            return output;
        }
    }

    /** Looks for an executable in the directories of the environment's PATH. */
    public static Optional<Path> onPath(String name) {
        String path = System.getenv("PATH");
        return path == null ? Optional.empty() : onPath(name, path);
    }

    /** Looks for an executable in the directories of {@code path}, which is written like the variable PATH. */
    public static Optional<Path> onPath(String name, String path) {
        return Stream.of(path.split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** Runs a command with nothing on its standard input. */
    public static Result run(List<String> command) {
        return run(command, "");
    }

    /**
     * Runs a command to its end, for at most 30 seconds.
     *
     * @param input what it reads on its standard input; short
     * @throws UncheckedIOException if it cannot be started
     * @throws IllegalStateException if it does not end in time, or the thread is interrupted
     */
    public static Result run(List<String> command, String input) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var stdin = process.outputWriter(CHARSET)) {
                stdin.write(input);
            } catch (IOException ended) {
                // It did not wait for its input; its status says what that means.
            }
            String output = new String(process.getInputStream().readAllBytes(), CHARSET);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command.get(0) + " did not end within " + SECONDS + " s");
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + command.get(0) + " ran", e);
        }
    }
}
