package dev.duet.testkit;

import dev.duet.testkit.RedisServer.Source;
import dev.duet.testkit.internal.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * An executable of Redis 6.2 or later.
 *
 * @param source where it comes from
 * @param path where it lies
 * @param version what it says its version is, for instance {@code 7.0.15}
 */
record RedisBinary(Source source, Path path, String version) {

    /** The system property that chooses the source where the caller leaves it open: {@code jar} or {@code path}. */
    static final String PROPERTY = "duet.redis";

    private static final Pattern VERSION = Pattern.compile("\\bv=((\\d+)\\.(\\d+)\\S*)");

    /**
     * Finds or extracts an executable.
     *
     * @param source where from; null for the choice of the property, and without that for the PATH, then the jar
     * @param property the value of the system property {@value #PROPERTY}; null if it is not set
     * @param searchPath the directories to look in, written like the environment's PATH
     * @param directory where to extract to
     * @throws IllegalStateException if the source has none that is recent enough
     */
    static RedisBinary locate(@Nullable Source source, @Nullable String property, String searchPath, Path directory) {
        Source wanted = source == null ? fromProperty(property) : source;
        if (wanted == Source.JAR) {
            return extract(directory);
        }
        Optional<RedisBinary> found =
                Commands.onPath("redis-server", searchPath).flatMap(path -> inspect(Source.PATH, path));
        if (wanted == Source.PATH) {
            return found.orElseThrow(() -> new IllegalStateException(
                    "No redis-server 6.2 or later on the PATH (" + searchPath + "); install one, or use Source.JAR"));
        }
        return found.orElseGet(() -> extract(directory));
    }

    /** The source that a value of the system property means; null if the property is not set. */
    static @Nullable Source fromProperty(@Nullable String value) {
        if (value == null) {
            return null;
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "jar" -> Source.JAR;
            case "path" -> Source.PATH;
            default -> throw new IllegalStateException(PROPERTY + "=" + value + " is neither jar nor path");
        };
    }

    /** Whether it was built with TLS: asks it to read a configuration, and looks which line it does not know. */
    boolean supportsTls() {
        Commands.Result result = Commands.run(List.of(path.toString(), "-"), "tls-port 0\nduet-probe 1\n");
        return result.output().contains("duet-probe");
    }

    private static RedisBinary extract(Path directory) {
        try {
            Path path = ExecutableProvider.newJarResourceProvider(directory.toFile())
                    .get()
                    .toPath();
            return inspect(Source.JAR, path)
                    .orElseThrow(() -> new IllegalStateException(
                            "The redis-server for this platform is older than 6.2 or does not run: "
                                    + Commands.run(List.of(path.toString(), "--version"))
                                            .output()
                                            .strip()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot extract redis-server", e);
        }
    }

    private static Optional<RedisBinary> inspect(Source source, Path path) {
        Matcher version = VERSION.matcher(
                Commands.run(List.of(path.toString(), "--version")).output());
        if (!version.find() || !isRecent(Integer.parseInt(version.group(2)), Integer.parseInt(version.group(3)))) {
            return Optional.empty();
        }
        return Optional.of(new RedisBinary(source, path, version.group(1)));
    }

    private static boolean isRecent(int major, int minor) {
        return major > 6 || (major == 6 && minor >= 2);
    }
}
