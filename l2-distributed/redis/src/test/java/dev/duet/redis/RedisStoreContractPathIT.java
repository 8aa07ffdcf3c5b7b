package dev.duet.redis;

import dev.duet.store.Store;
import dev.duet.testkit.RedisExtension;
import dev.duet.testkit.RedisServer;
import dev.duet.testkit.contract.StoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store is a store on the Redis of the PATH, through one client that the application has. Where there is none on the
 * PATH, it is the one from the jar again, and the log says so.
 */
class RedisStoreContractPathIT extends StoreContract {

    private static final Logger logger = LoggerFactory.getLogger(RedisStoreContractPathIT.class);

    @RegisterExtension
    static final RedisExtension redis = RedisExtension.create();

    private static RedissonClient client;

    @BeforeAll
    static void connect() {
        if (redis.server().source() != RedisServer.Source.PATH) {
            logger.warn(
                    "No redis-server on the PATH: running the contract on {} again",
                    redis.server().version());
        }
        Config config = new Config().setUseScriptCache(false);
        config.useSingleServer().setAddress(redis.server().uri());
        client = Redisson.create(config);
    }

    @AfterAll
    static void disconnect() {
        client.shutdown();
    }

    @Override
    protected Store createStore() {
        return RedisStore.using(client);
    }
}
