package dev.duet.testkit.contract;

import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/**
 * What every store does. A store passes by extending this class and overriding {@link #createStore()}:
 *
 * <pre>{@code
 * class MyStoreContractTest extends StoreContract {
 *     @Override
 *     protected Store createStore() {
 *         return MyStore.connect(server.uri());
 *     }
 * }
 * }</pre>
 *
 * <p>Each test uses a namespace of its own, so that a server may be shared between them. Time is the store's own: terms
 * and lives are an hour, or short enough to wait for.
 */
public abstract class StoreContract {

    private final List<Store> stores = new ArrayList<>();
    private final List<Namespace> namespaces = new ArrayList<>();

    /** For subclasses. */
    protected StoreContract() {}

    /**
     * Creates a store. All that one test creates must share their contents, as the nodes of a cluster do; it is closed
     * after the test.
     */
    protected abstract Store createStore();

    /** A namespace that no test has used. */
    static NamespaceConfig fresh(int partitions) {
        return new NamespaceConfig("t" + UUID.randomUUID().toString().substring(0, 8), partitions);
    }

    Store store() {
        Store store = createStore();
        stores.add(store);
        return store;
    }

    ContractNode join(Store store, NamespaceConfig config, String node) {
        Namespace namespace = store.open(config, node);
        namespaces.add(namespace);
        return new ContractNode(namespace);
    }

    /** A node of its own store, in the namespace. */
    ContractNode join(NamespaceConfig config, String node) {
        return join(store(), config, node);
    }

    @AfterEach
    void closeAll() {
        namespaces.forEach(Namespace::close);
        stores.forEach(Store::close);
    }

    /** What an operation makes of each state of a record. */
    @Nested
    class Operations extends OperationsContract {
        Operations() {
            super(StoreContract.this);
        }
    }

    /** Writes that are acknowledged before they are in the system of record. */
    @Nested
    class PendingWrites extends PendingContract {
        PendingWrites() {
            super(StoreContract.this);
        }
    }

    /** Who writes them, and in which order. */
    @Nested
    class Claims extends ClaimContract {
        Claims() {
            super(StoreContract.this);
        }
    }

    /** How long things last. */
    @Nested
    class Expiry extends ExpiryContract {
        Expiry() {
            super(StoreContract.this);
        }
    }

    /** What reading rests on. */
    @Nested
    class Readings extends ReadingContract {
        Readings() {
            super(StoreContract.this);
        }
    }

    /** What must hold under the anomalies that a store alone can meet. */
    @Nested
    class Anomalies extends AnomaliesContract {
        Anomalies() {
            super(StoreContract.this);
        }
    }

    /** Heads, the log and the broadcast. */
    @Nested
    class Feed extends FeedContract {
        Feed() {
            super(StoreContract.this);
        }
    }

    /** What becomes of a partition that lost changes. */
    @Nested
    class StartingOver extends StartingOverContract {
        StartingOver() {
            super(StoreContract.this);
        }
    }

    /** Namespaces, nodes, keys and payloads. */
    @Nested
    class Contents extends ContentsContract {
        Contents() {
            super(StoreContract.this);
        }
    }

    /** Several threads at once. */
    @Nested
    class Concurrency extends ConcurrencyContract {
        Concurrency() {
            super(StoreContract.this);
        }
    }
}
