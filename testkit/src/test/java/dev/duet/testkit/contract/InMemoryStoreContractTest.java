package dev.duet.testkit.contract;

import dev.duet.store.InMemoryStore;
import dev.duet.store.Store;

/** The store in memory is a store. */
class InMemoryStoreContractTest extends StoreContract {

    private final InMemoryStore shared = InMemoryStore.create();

    @Override
    protected Store createStore() {
        return shared;
    }
}
