package dev.duet.redis;

import dev.duet.store.Store;
import dev.duet.testkit.RedisExtension;
import dev.duet.testkit.RedisServer;
import dev.duet.testkit.contract.StoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The store is a store on the oldest Redis that it supports, with a client of its own for each node. */
class RedisStoreContractJarIT extends StoreContract {

    @RegisterExtension
    static final RedisExtension redis = RedisExtension.create(server -> server.source(RedisServer.Source.JAR));

    @Override
    protected Store createStore() {
        return RedisStore.connect(redis.server().uri());
    }
}
