package dev.duet.redis.internal;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a single Redis is, and how to log in: {@code redis://user:password@host:port/database?timeout=500ms}.
 *
 * @param tls whether to use TLS, which {@code rediss://} asks for
 * @param user the user, or null for the default one
 * @param password the password, or null if none is wanted
 * @param host the name or address of the host
 * @param port the port, 6379 if none is given
 * @param database the number of the database, 0 if none is given
 * @param timeout how long an answer may take, 2 seconds if not given
 * @param connectTimeout how long a connection may take to stand, 2 seconds if not given
 */
public record RedisUri(
        boolean tls,
        @Nullable String user,
        @Nullable String password,
        String host,
        int port,
        int database,
        Duration timeout,
        Duration connectTimeout) {

    private static final int DEFAULT_PORT = 6379;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s)");
    private static final String SHAPE =
            "write redis://[user[:password]@]host[:port][/database][?timeout=500ms&connectTimeout=2s], or rediss:// for TLS";

    /**
     * Parses a URI.
     *
     * @throws IllegalArgumentException if it is none of this shape; the message names the part that is wrong, and never
     *     shows the password
     */
    public static RedisUri parse(String text) {
        Objects.requireNonNull(text, "uri");
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // Neither the text nor the exception, which repeats it, may be shown: a password may stand in it.
            throw wrong("is not a URI: " + e.getReason() + " at character " + e.getIndex()
                    + " (characters such as @ : / % in a user or password are written in percent-encoding, as %40)");
        }
        String scheme = uri.getScheme();
        if (!"redis".equalsIgnoreCase(scheme) && !"rediss".equalsIgnoreCase(scheme)) {
            throw wrong("has the scheme '" + scheme + "'");
        }
        if (uri.getHost() == null) {
            throw wrong("has no host, or one with characters that a host name cannot have");
        }
        if (uri.getRawFragment() != null) {
            throw wrong("has a fragment after '#', which means nothing here (a '#' in a password is written as %23)");
        }
        @Nullable String[] login = login(uri.getRawUserInfo());
        Duration timeout = DEFAULT_TIMEOUT;
        Duration connectTimeout = DEFAULT_TIMEOUT;
        String query = uri.getRawQuery();
        for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
            String name = parameter.split("=", 2)[0];
            switch (name) {
                case "timeout" -> timeout = duration(parameter, name);
                case "connectTimeout" -> connectTimeout = duration(parameter, name);
                default -> throw wrong("has an unknown parameter '" + name + "'");
            }
        }
        return new RedisUri(
                "rediss".equalsIgnoreCase(scheme),
                login[0],
                login[1],
                uri.getHost(),
                port(uri),
                database(uri.getRawPath()),
                timeout,
                connectTimeout);
    }

    /** The address as Redisson and messages want it: no user, no password, no database. */
    public String server() {
        return (tls ? "rediss://" : "redis://") + host + ':' + port;
    }

    @Override
    public String toString() {
        return server() + '/' + database;
    }

    private static @Nullable String[] login(@Nullable String userInfo) {
        if (userInfo == null) {
            return new @Nullable String[] {null, null};
        }
        int colon = userInfo.indexOf(':');
        if (colon < 0) {
            throw wrong("has a user without a password; for a password alone write redis://:password@host");
        }
        String user = decode(userInfo.substring(0, colon));
        String password = decode(userInfo.substring(colon + 1));
        if (password.isEmpty()) {
            throw wrong("has an empty password; without one, leave out all before the host");
        }
        return new @Nullable String[] {user.isEmpty() ? null : user, password};
    }

    /** Percent-encoding alone: unlike in a form, a plus sign is a plus sign. */
    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static int port(URI uri) {
        if (uri.getPort() == -1) {
            return DEFAULT_PORT;
        }
        if (uri.getPort() < 1 || uri.getPort() > 65_535) {
            throw wrong("has the port " + uri.getPort() + ", which is not from 1 to 65535");
        }
        return uri.getPort();
    }

    private static int database(String path) {
        if (path.isEmpty() || path.equals("/")) {
            return 0;
        }
        if (!path.matches("/\\d{1,9}")) {
            throw wrong("has the path '" + path + "', which is not the number of a database");
        }
        return Integer.parseInt(path.substring(1));
    }

    private static Duration duration(String parameter, String name) {
        String text = parameter.substring(Math.min(parameter.length(), name.length() + 1));
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw wrong("has the " + name + " '" + text + "', which is not a duration such as 500ms or 2s");
        }
        long amount = Long.parseLong(matcher.group(1));
        Duration duration = matcher.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
        if (duration.isZero() || duration.toMillis() > Integer.MAX_VALUE) {
            throw wrong("has the " + name + " '" + text + "', which is not from 1ms to 2147483s");
        }
        return duration;
    }

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("the Redis URI " + what + "; " + SHAPE);
    }
}
