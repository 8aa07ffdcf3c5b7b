package dev.duet.benchmarks.results;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Where a figure comes from.
 *
 * @param jvm the JVM that measured, and its version
 * @param versions of what was compared, by name; from the build
 * @param machine processors, their model, memory and operating system
 * @param command what to type to measure again
 * @param date when the run began
 */
public record Origin(String jvm, Map<String, String> versions, String machine, String command, Instant date) {

    /** This JVM, on this machine, now. */
    public static Origin here(String command) {
        return new Origin(
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                readVersions(),
                describeMachine(),
                command,
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    private static Map<String, String> readVersions() {
        Properties versions = new Properties();
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(Origin.class.getResourceAsStream("versions.properties")), UTF_8)) {
            versions.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> sorted = new TreeMap<>();
        versions.stringPropertyNames().forEach(name -> sorted.put(name, versions.getProperty(name)));
        return sorted;
    }

    private static String describeMachine() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getAvailableProcessors() + " processors (" + processor() + "), "
                + (system.getTotalMemorySize() >> 30) + " GiB, " + system.getName() + " " + system.getArch();
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("model unknown");
        } catch (IOException e) {
            return "model unknown"; // not Linux
        }
    }
}
