package dev.duet.samples.users;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.duet.Duet;
import dev.duet.samples.users.stage.Lifeline;
import dev.duet.store.Store;
import io.javalin.Javalin;
import java.time.Duration;

/**
 * A node of the user service: the HTTP API on a port of the loopback address, over a cache of two levels, over the
 * database.
 *
 * <p>Run as a process it takes {@link NodeSettings} from its environment, says {@code READY port=…} on its standard output
 * when it is, logs to its standard error, and ends when its standard input does: so it does not outlive who started it.
 */
public final class UserNode implements AutoCloseable {

    private static final int CONNECTIONS = 16;

    private final Duet duet;
    private final Javalin server;

    private UserNode(Duet duet, Javalin server) {
        this.duet = duet;
        this.server = server;
    }

    /**
     * Starts a node.
     *
     * @param name its name
     * @param port the port to listen on, or 0 for any that is free
     * @param store the store that all nodes share; closed with the node
     * @param repository the database; stays the caller's to close
     */
    static UserNode start(String name, int port, Store store, UserRepository repository) {
        Duet duet = Duet.builder()
                .store(store)
                .namespace("story")
                .storeTimeout(Duration.ofSeconds(5)) // four JVMs start at once, on as few processors as there are
                .build();
        try {
            UserApi api = new UserApi(name, new UserService(duet, repository));
            Javalin server = Javalin.create(config -> {
                config.startup.showJavalinBanner = false;
                config.startup.showOldJavalinVersionWarning = false;
                api.configure(config);
            });
            return new UserNode(duet, server.start("127.0.0.1", port));
        } catch (RuntimeException | Error e) {
            duet.close();
            throw e;
        }
    }

    /** The port that it listens on. */
    int port() {
        return server.port();
    }

    /** Ends the API and leaves the store. */
    @Override
    public void close() {
        server.stop();
        duet.close();
    }

    /** Runs a node until its standard input ends. */
    public static void main(String[] arguments) {
        NodeSettings settings;
        try {
            settings = NodeSettings.from(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println("The node cannot start: " + e.getMessage());
            System.exit(2);
            return;
        }
        Lifeline lifeline = Lifeline.onStandardInput();
        try (HikariDataSource database = pool(settings);
                UserNode node = start(
                        settings.name(),
                        settings.port(),
                        StoreKind.open(settings.store()),
                        new PostgresUserRepository(database))) {
            System.out.println("READY port=" + node.port());
            lifeline.awaitEnd();
        } catch (RuntimeException e) {
            System.err.println("The node cannot start: " + e);
            e.printStackTrace();
            System.exit(1);
        }
        System.exit(0);
    }

    private static HikariDataSource pool(NodeSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(settings.database());
        config.setMaximumPoolSize(CONNECTIONS);
        config.setPoolName("users");
        config.addDataSourceProperty("ApplicationName", settings.name());
        return new HikariDataSource(config);
    }
}
