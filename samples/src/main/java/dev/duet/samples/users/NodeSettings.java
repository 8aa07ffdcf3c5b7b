package dev.duet.samples.users;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a node is told by its environment.
 *
 * @param name its name, {@code USERS_NODE}: lower-case letters and digits
 * @param store the store, {@code USERS_STORE}: {@code redis://127.0.0.1:6379}, or the members of a Hazelcast cluster, this node's own
 *     address first, as {@code hazelcast://127.0.0.1:5701,127.0.0.1:5702}
 * @param database the database, {@code USERS_DATABASE}: a JDBC URL of PostgreSQL
 * @param port the port to listen on, {@code USERS_PORT}: by default 0, for any that is free
 */
record NodeSettings(String name, String store, String database, int port) {

    NodeSettings {
        check(name.matches("[a-z][a-z0-9]{0,30}"), "USERS_NODE must be lower-case letters and digits, but is " + name);
        check(
                store.matches("rediss?://.+|hazelcast://[^,]+:\\d{1,5}(,[^,]+:\\d{1,5})*"),
                "USERS_STORE must look like redis://127.0.0.1:6379 or hazelcast://127.0.0.1:5701,127.0.0.1:5702");
        check(
                database.startsWith("jdbc:postgresql:"),
                "USERS_DATABASE must look like jdbc:postgresql://127.0.0.1/users");
        check(port >= 0 && port <= 65_535, "USERS_PORT must be a port, but is " + port);
    }

    /**
     * Reads the settings.
     *
     * @throws IllegalArgumentException if one is missing or wrong; the message says which
     */
    static NodeSettings from(Map<String, String> environment) {
        List<String> missing = new ArrayList<>(List.of("USERS_NODE", "USERS_STORE", "USERS_DATABASE"));
        missing.removeIf(name -> !environment.getOrDefault(name, "").isBlank());
        check(missing.isEmpty(), "the environment lacks " + String.join(", ", missing));
        String port = environment.getOrDefault("USERS_PORT", "0");
        check(port.matches("\\d{1,5}"), "USERS_PORT must be a port, but is " + port);
        return new NodeSettings(
                environment.getOrDefault("USERS_NODE", ""),
                environment.getOrDefault("USERS_STORE", ""),
                environment.getOrDefault("USERS_DATABASE", ""),
                Integer.parseInt(port));
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
