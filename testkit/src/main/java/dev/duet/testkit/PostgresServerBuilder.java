package dev.duet.testkit;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Builds and starts a {@link PostgresServer}. By default the server is fast rather than durable: what it commits may
 * not survive a crash of the machine, and that is of no concern to a test. A builder can start several servers. Not
 * thread-safe.
 */
public final class PostgresServerBuilder {

    private final Map<String, String> settings = new LinkedHashMap<>();

    PostgresServerBuilder() {
        settings.put("fsync", "off");
        settings.put("synchronous_commit", "off");
        settings.put("full_page_writes", "off");
    }

    /** Commits to the disk before it answers, as PostgreSQL does by default, for measurements that want its cost. */
    public PostgresServerBuilder durable() {
        return setting("fsync", "on").setting("synchronous_commit", "on").setting("full_page_writes", "on");
    }

    /**
     * A setting of {@code postgresql.conf}; the last value for a name holds. The port and the address are the server's
     * to choose.
     *
     * @param name for instance {@code max_connections}
     * @param value for instance {@code 20}
     * @throws IllegalArgumentException if the name is not one word
     */
    public PostgresServerBuilder setting(String name, String value) {
        if (!name.matches("[A-Za-z0-9_.]+")) {
            throw new IllegalArgumentException("Not a setting: " + name);
        }
        settings.put(name, value);
        return this;
    }

    /**
     * Starts a server and waits until it accepts connections.
     *
     * @throws IllegalStateException if there are no executables for this platform, or if the server ends or is not
     *     ready within 30 seconds; then the message carries the end of its log
     */
    public PostgresServer start() {
        return PostgresServer.start(new LinkedHashMap<>(settings));
    }
}
