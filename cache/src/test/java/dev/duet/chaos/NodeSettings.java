package dev.duet.chaos;

import java.time.Duration;
import java.util.List;

/**
 * What a node is told by its arguments.
 *
 * @param name its name
 * @param subject what it runs
 * @param store where the store is, as the subject reads it
 * @param database the JDBC URL of the system of record
 * @param control the port on which the test waits for it
 * @param history the file to record in
 * @param rows how many rows there are
 * @param readers how many threads read
 * @param writers how many threads write
 * @param boundMillis the bound of staleness
 * @param seed of its choices
 */
record NodeSettings(
        String name,
        Subject.Kind subject,
        String store,
        String database,
        int control,
        String history,
        int rows,
        int readers,
        int writers,
        long boundMillis,
        long seed) {

    static NodeSettings parse(String... arguments) {
        return new NodeSettings(
                arguments[0],
                Subject.Kind.valueOf(arguments[1]),
                arguments[2],
                arguments[3],
                Integer.parseInt(arguments[4]),
                arguments[5],
                Integer.parseInt(arguments[6]),
                Integer.parseInt(arguments[7]),
                Integer.parseInt(arguments[8]),
                Long.parseLong(arguments[9]),
                Long.parseLong(arguments[10]));
    }

    List<String> arguments() {
        return List.of(
                name,
                subject.name(),
                store,
                database,
                Integer.toString(control),
                history,
                Integer.toString(rows),
                Integer.toString(readers),
                Integer.toString(writers),
                Long.toString(boundMillis),
                Long.toString(seed));
    }

    Duration bound() {
        return Duration.ofMillis(boundMillis);
    }
}
