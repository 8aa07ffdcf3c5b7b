package dev.duet.redis;

import dev.duet.testkit.RedisExtension;
import dev.duet.testkit.RedisServer;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On the Redis of the PATH, or where there is none, that of the jar again. */
class FullServerPathIT extends FullServer {

    @RegisterExtension
    static final RedisExtension redis = RedisExtension.create();

    @Override
    RedisServer server() {
        return redis.server();
    }
}
