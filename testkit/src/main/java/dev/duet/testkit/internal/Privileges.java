package dev.duet.testkit.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How to run a program that refuses to run as root, such as PostgreSQL, when this JVM does run as root. On any other
 * account there is nothing to do.
 */
public enum Privileges {

    /** This JVM does not run as root. */
    ORDINARY,

    /** In a user namespace of its own: still root's files, no longer root's id. */
    NAMESPACE,

    /** As the account nobody, where namespaces are forbidden, as in many containers. */
    NOBODY;

    /**
     * Finds the way that works here.
     *
     * @throws IllegalStateException if this JVM runs as root and no way works
     */
    public static Privileges detect() {
        return Stream.of(values())
                .filter(Privileges::isUsable)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("Running as root, and neither unshare -U nor setpriv works"));
    }

    /** Whether a command run in this way is not root's. */
    public boolean isUsable() {
        return (this == ORDINARY || Commands.onPath(prefix().get(0)).isPresent()) && !isRoot(prefix());
    }

    /** What stands before the command; it becomes the command without another process. */
    public List<String> prefix() {
        return switch (this) {
            case ORDINARY -> List.of();
            case NAMESPACE -> List.of("unshare", "-U");
            case NOBODY -> List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        };
    }

    /** Gives a directory that this JVM made, and what lies in it, to the account that the command will run as. */
    public void handOver(Path directory) {
        if (this != NOBODY) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.setAttribute(file, "unix:uid", 65534);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isRoot(List<String> prefix) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("id", "-u"));
        Commands.Result id = Commands.run(command);
        return id.status() != 0 || id.output().strip().equals("0");
    }
}
