package dev.duet.chaos;

import java.nio.file.Path;
import java.util.List;

/**
 * What a node that writes behind is told by its arguments.
 *
 * @param name its name
 * @param redis the URI of Redis
 * @param database the JDBC URL of its way to the system of record
 * @param control the port on which the test waits for it
 * @param directory where it records what it does
 * @param keys how many keys there are
 * @param writers how many threads write
 * @param boundMillis the bound of staleness
 * @param seed of its choices
 */
record BehindSettings(
        String name,
        String redis,
        String database,
        int control,
        Path directory,
        int keys,
        int writers,
        long boundMillis,
        long seed) {

    static BehindSettings parse(String... arguments) {
        return new BehindSettings(
                arguments[0],
                arguments[1],
                arguments[2],
                Integer.parseInt(arguments[3]),
                Path.of(arguments[4]),
                Integer.parseInt(arguments[5]),
                Integer.parseInt(arguments[6]),
                Long.parseLong(arguments[7]),
                Long.parseLong(arguments[8]));
    }

    List<String> arguments() {
        return List.of(
                name,
                redis,
                database,
                Integer.toString(control),
                directory.toString(),
                Integer.toString(keys),
                Integer.toString(writers),
                Long.toString(boundMillis),
                Long.toString(seed));
    }

    /** The file in which it records its calls. */
    Path log() {
        return directory.resolve(name + ".calls");
    }

    /** The file in which it records its counts. */
    Path counts() {
        return directory.resolve(name + ".counts");
    }
}
