package dev.duet.testkit;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a JUnit test class, and the classes nested in it, a {@link RedisServer} of its own: started before the first
 * test, closed after the last. Tests reach it through {@link #server()} or as a parameter.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final RedisExtension redis = RedisExtension.create().flushBeforeEach();
 * }</pre>
 *
 * <p>The field must be static.
 */
public final class RedisExtension implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {

    private final Consumer<RedisServerBuilder> settings;
    private boolean flush;
    private volatile @Nullable RedisServer server;

    private RedisExtension(Consumer<RedisServerBuilder> settings) {
        this.settings = settings;
    }

    /** Returns an extension for a server with default settings. */
    public static RedisExtension create() {
        return create(builder -> {});
    }

    /** Returns an extension for a server with settings that are made before it starts. */
    public static RedisExtension create(Consumer<RedisServerBuilder> settings) {
        return new RedisExtension(settings);
    }

    /** Removes all keys before each test. Default: they stay. */
    public RedisExtension flushBeforeEach() {
        flush = true;
        return this;
    }

    /**
     * The server.
     *
     * @throws IllegalStateException before the first test of the class and after the last
     */
    public RedisServer server() {
        RedisServer current = server;
        if (current == null) {
            throw new IllegalStateException("No server: register the extension in a static field, and use it in tests");
        }
        return current;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ServerResource.open(context, this, this::start);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (flush) {
            server().command("FLUSHALL");
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RedisServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return server();
    }

    private Runnable start() {
        RedisServerBuilder builder = RedisServer.builder();
        settings.accept(builder);
        RedisServer started = builder.start();
        server = started;
        return () -> {
            server = null;
            started.close();
        };
    }
}
