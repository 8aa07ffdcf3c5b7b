package dev.duet.hazelcast;

import dev.duet.store.Store;
import dev.duet.testkit.contract.StoreContract;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The store is a store on embedded members, with every other node on the other of two. */
class HazelcastStoreContractMembersIT extends StoreContract {

    @RegisterExtension
    static final Members members = new Members(2);

    private static final AtomicInteger nodes = new AtomicInteger();

    @Override
    protected Store createStore() {
        return HazelcastStore.using(members.get(nodes.getAndIncrement() % 2));
    }
}
