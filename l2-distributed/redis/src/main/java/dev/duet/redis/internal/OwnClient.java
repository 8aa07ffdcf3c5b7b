package dev.duet.redis.internal;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * A client that a store has opened: its threads keep no JVM alive. Threads that the configuration brings along are left as they
 * are. Thread-safe.
 */
final class OwnClient {

    private final RedissonClient client;
    private final @Nullable ExecutorService executor;
    private final ExitWatch watch;

    private OwnClient(RedissonClient client, @Nullable ExecutorService executor) {
        this.client = client;
        this.executor = executor;
        this.watch = ExitWatch.start(() -> client.shutdown(0, 2, TimeUnit.SECONDS));
    }

    /** Opens a client, and connects it; fails as the client does, and leaves nothing behind then. */
    static OwnClient open(Config settings) {
        Config config = new Config(settings);
        ExecutorService executor = null;
        if (config.getExecutor() == null && config.getThreads() > 0) {
            executor = Executors.newFixedThreadPool(config.getThreads(), new DefaultThreadFactory("redisson", true));
            config.setExecutor(executor);
        }
        if (config.getNettyExecutor() == null && config.getEventLoopGroup() == null) {
            config.setNettyExecutor(new ThreadPerTaskExecutor(new DefaultThreadFactory("redisson-netty", true)));
        }
        try {
            return new OwnClient(Redisson.create(config), executor);
        } catch (RuntimeException e) {
            if (executor != null) {
                executor.shutdown();
            }
            throw e;
        }
    }

    RedissonClient client() {
        return client;
    }

    void close() {
        watch.stop();
        client.shutdown(0, 2, TimeUnit.SECONDS);
        if (executor != null) {
            executor.shutdown();
        }
    }
}
