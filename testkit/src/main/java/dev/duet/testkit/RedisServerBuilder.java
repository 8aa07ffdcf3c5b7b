package dev.duet.testkit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds and starts a {@link RedisServer}. Without any setting the server has no password, no TLS and no persistence.
 * A builder can start several servers, each with its own port and data. Not thread-safe.
 */
public final class RedisServerBuilder {

    private RedisServer.@Nullable Source source;
    private @Nullable String password;
    private boolean tls;
    private boolean steppableClock;
    private final List<String> directives = new ArrayList<>();

    RedisServerBuilder() {}

    /**
     * Where the executable comes from. Default: what the system property {@code duet.redis} says ({@code jar} or
     * {@code path}); without it the PATH if it has a {@code redis-server} of 6.2 or later, else the jar.
     */
    public RedisServerBuilder source(RedisServer.Source source) {
        this.source = requireNonNull(source, "source");
        return this;
    }

    /**
     * The password that clients must give ({@code requirepass}). Default: none.
     *
     * @throws IllegalArgumentException if it is empty or has control characters
     */
    public RedisServerBuilder password(String password) {
        if (password.isEmpty() || password.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("password is empty or has control characters");
        }
        this.password = password;
        return this;
    }

    /**
     * Accepts TLS connections and no others, with a self-signed certificate for 127.0.0.1 and localhost. Clients need
     * none. Default: no TLS. Starting fails if the executable was built without TLS.
     */
    public RedisServerBuilder tls() {
        tls = true;
        return this;
    }

    /**
     * Gives the server a wall clock of its own, for {@link RedisServer#stepClock}. Default: the machine's.
     *
     * <p>Needs Linux. On x86_64 it needs nothing else; on other processors starting fails unless there is a C compiler on
     * the PATH, as {@code cc}.
     */
    public RedisServerBuilder steppableClock() {
        steppableClock = true;
        return this;
    }

    /**
     * A line for {@code redis.conf}; may be given many times. It stands after the server's own lines. The port and the
     * address are the server's to choose.
     *
     * @param name the directive, for instance {@code maxmemory}
     * @param value its arguments as they would stand in the file, for instance {@code 100mb}
     * @throws IllegalArgumentException if the name is not one word, or the value has a line break
     */
    public RedisServerBuilder directive(String name, String value) {
        if (!name.matches("[A-Za-z0-9-]+") || value.matches("(?s).*[\r\n].*")) {
            throw new IllegalArgumentException("Not a directive: " + name + " " + value);
        }
        directives.add(name + " " + value);
        return this;
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @throws IllegalStateException if the wanted executable is missing, too old or without the TLS asked for, if a
     *     steppable clock cannot be had, or if the server ends or does not answer within ten seconds; then the message carries the end of its log
     */
    public RedisServer start() {
        return RedisServer.start(
                new RedisServer.Options(source, password, tls, steppableClock, List.copyOf(directives)));
    }
}
