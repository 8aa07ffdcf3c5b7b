package dev.duet.redis;

import dev.duet.testkit.RedisExtension;
import dev.duet.testkit.RedisServer;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On the oldest Redis that the store supports. */
class FullServerJarIT extends FullServer {

    @RegisterExtension
    static final RedisExtension redis = RedisExtension.create(server -> server.source(RedisServer.Source.JAR));

    @Override
    RedisServer server() {
        return redis.server();
    }
}
