package dev.duet.testkit;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a JUnit test class, and the classes nested in it, a {@link PostgresServer} of its own: started before the first
 * test, closed after the last. Tests reach it through {@link #server()} or as a parameter.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final PostgresExtension postgres = PostgresExtension.create();
 * }</pre>
 *
 * <p>The field must be static.
 */
public final class PostgresExtension implements BeforeAllCallback, ParameterResolver {

    private final Consumer<PostgresServerBuilder> settings;
    private volatile @Nullable PostgresServer server;

    private PostgresExtension(Consumer<PostgresServerBuilder> settings) {
        this.settings = settings;
    }

    /** Returns an extension for a server with default settings. */
    public static PostgresExtension create() {
        return create(builder -> {});
    }

    /** Returns an extension for a server with settings that are made before it starts. */
    public static PostgresExtension create(Consumer<PostgresServerBuilder> settings) {
        return new PostgresExtension(settings);
    }

    /**
     * The server.
     *
     * @throws IllegalStateException before the first test of the class and after the last
     */
    public PostgresServer server() {
        PostgresServer current = server;
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
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == PostgresServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return server();
    }

    private Runnable start() {
        PostgresServerBuilder builder = PostgresServer.builder();
        settings.accept(builder);
        PostgresServer started = builder.start();
        server = started;
        return () -> {
            server = null;
            started.close();
        };
    }
}
