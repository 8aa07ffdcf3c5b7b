package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.systems.Servers;
import java.nio.file.Path;
import java.util.List;

/**
 * What a node is told on its command line.
 *
 * @param name its own
 * @param contestant the id of the system that it is a node of
 * @param servers its second level, through a proxy of its own
 * @param database the port of the database
 * @param control the port of the harness, from which it gets its commands
 * @param history its file
 * @param seed of all its choices
 */
record NodeSettings(
        String name, String contestant, Servers servers, int database, int control, Path history, long seed) {

    List<String> arguments() {
        return List.of(
                name,
                contestant,
                servers.redis(),
                servers.hazelcast(),
                servers.cluster(),
                servers.infinispan(),
                String.valueOf(database),
                String.valueOf(control),
                history.toString(),
                String.valueOf(seed));
    }

    static NodeSettings parse(String[] arguments) {
        return new NodeSettings(
                arguments[0],
                arguments[1],
                new Servers(arguments[2], arguments[3], arguments[4], arguments[5]),
                Integer.parseInt(arguments[6]),
                Integer.parseInt(arguments[7]),
                Path.of(arguments[8]),
                Long.parseLong(arguments[9]));
    }
}
