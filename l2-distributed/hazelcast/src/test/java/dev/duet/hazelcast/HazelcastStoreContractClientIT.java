package dev.duet.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import dev.duet.store.Store;
import dev.duet.testkit.contract.StoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The store is a store for a client of two members. */
class HazelcastStoreContractClientIT extends StoreContract {

    @RegisterExtension
    static final Members members = new Members(2);

    private static HazelcastInstance client;

    @BeforeAll
    static void connect() {
        client = members.client();
    }

    @AfterAll
    static void disconnect() {
        client.shutdown();
    }

    @Override
    protected Store createStore() {
        return HazelcastStore.using(client);
    }
}
