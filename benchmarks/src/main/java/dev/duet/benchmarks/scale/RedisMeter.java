package dev.duet.benchmarks.scale;

import dev.duet.testkit.RedisServer;
import java.util.Objects;

/** What a Redis says of itself. */
final class RedisMeter {

    private final RedisServer server;

    RedisMeter(RedisServer server) {
        this.server = server;
    }

    /** What it has used and moved since it was started. */
    record Reading(double processorSeconds, long bytesIn, long bytesOut) {}

    Reading read() {
        String cpu = ask("INFO", "cpu");
        String stats = ask("INFO", "stats");
        return new Reading(
                number(cpu, "used_cpu_user") + number(cpu, "used_cpu_sys"),
                (long) number(stats, "total_net_input_bytes"),
                (long) number(stats, "total_net_output_bytes"));
    }

    long memory() {
        return (long) number(ask("INFO", "memory"), "used_memory");
    }

    /** How many clients are connected, this meter included. */
    long clients() {
        return ask("CLIENT", "LIST").lines().filter(line -> !line.isBlank()).count();
    }

    private String ask(String... command) {
        return (String) Objects.requireNonNull(server.command(command));
    }

    /** The number on the line {@code name:number}. */
    static double number(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToDouble(line ->
                        Double.parseDouble(line.substring(name.length() + 1).strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("INFO has no " + name));
    }
}
