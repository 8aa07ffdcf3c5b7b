package dev.duet.testkit.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A temporary directory that goes when the janitor is closed or this JVM dies, together with the processes started in
 * it by {@link ServerProcess}. It holds through {@code kill -9} of the JVM: a shell waits for the end of a pipe that
 * only this JVM holds open. Thread-safe.
 *
 * <p>Implementation note: no process can slip through between the death of the JVM and the clean-up. A process is
 * launched by a shell that first writes its own id to a file in the directory, then looks whether the file is there
 * under the directory's name, and only then becomes the server. The janitor first renames the directory, then reads
 * the ids. If the launcher looks before the rename, its id is written and the janitor ends it; if it looks after,
 * it finds nothing and gives up.
 */
public final class Janitor implements AutoCloseable {

    private static final long CLOSE_SECONDS = 20;

    /** Arguments: the directory, and the signal with which its processes are asked to end before SIGKILL. */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            umask 077
            mkdir -- "$1" || exit 1
            echo ready
            exec >/dev/null 2>&1
            cat
            mv -- "$1" "$1.gone" || exit 0
            pids=
            for file in "$1.gone"/*.pid; do
                [ -s "$file" ] && pids="$pids $(cat "$file")"
            done
            for pid in $pids; do
                kill -s "$2" "$pid"
                kill -s CONT "$pid"
            done
            tries=0
            while [ -n "$pids" ] && [ $tries -lt 20 ] && kill -s 0 $pids; do
                sleep 0.1
                tries=$((tries + 1))
            done
            for pid in $pids; do
                kill -s KILL "$pid"
            done
            tries=0
            until rm -rf -- "$1.gone" || [ $tries -ge 50 ]; do
                sleep 0.1
                tries=$((tries + 1))
            done
            """;

    private final Path directory;
    private final Process shell;

    private Janitor(Path directory, Process shell) {
        this.directory = directory;
        this.shell = shell;
    }

    /**
     * Creates a new directory in {@code java.io.tmpdir}, readable by this user alone.
     *
     * @param prefix how its name begins
     * @param signal the signal that asks a process started in it to end, for instance {@code QUIT}; SIGKILL follows
     *     after two seconds
     * @throws UncheckedIOException if it cannot be created
     */
    public static Janitor watch(String prefix, String signal) {
        Path directory = Path.of(System.getProperty("java.io.tmpdir"), prefix + UUID.randomUUID())
                .toAbsolutePath();
        List<String> command = new ArrayList<>();
        // A session of its own, where the system has the tool: a kill of the whole process group leaves the janitor.
        Commands.onPath("setsid").ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(List.of("/bin/sh", "-c", SCRIPT, "janitor", directory.toString(), signal));
        try {
            Process shell = new ProcessBuilder(command).start();
            InputStream output = shell.getInputStream();
            if (output.read() < 0) {
                throw new IOException("Cannot create " + directory + ": "
                        + new String(shell.getErrorStream().readAllBytes(), Commands.CHARSET).strip());
            }
            return new Janitor(directory, shell);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directory; it exists until {@link #close()}. */
    public Path directory() {
        return directory;
    }

    /** Ends the processes still running in the directory and removes it. Further calls do nothing. */
    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
            if (!shell.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Removing " + directory + " takes more than " + CLOSE_SECONDS + " s");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the shell goes on without us
        }
    }
}
