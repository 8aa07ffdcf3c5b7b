package dev.duet.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duet.CacheEvent;
import dev.duet.CacheWrite;
import dev.duet.CacheWriter;
import dev.duet.Duet;
import dev.duet.FailedWrite;
import dev.duet.PendingWrites;
import dev.duet.TwoLevelCache;
import dev.duet.WriteBehind;
import dev.duet.WriteRetry;
import dev.duet.docs.Shop.Product;
import dev.duet.store.InMemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/writing.md} that take no database, which {@link DocumentationTest} holds to these. */
class WritingExamples {

    private final Duet duet = Duet.builder().store(InMemoryStore.create()).build();
    private final Shop database = new Shop();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final ShopWriter writer = new ShopWriter();

    @AfterEach
    void close() {
        duet.close();
    }

    private void log(String line) {
        log.add(line);
    }

    /** Writes to the shop. */
    private final class ShopWriter implements CacheWriter<Long, Product> {
        final List<CacheWrite<Long, Product>> writes = new CopyOnWriteArrayList<>();
        volatile boolean broken;

        @Override
        public void write(Long id, Product product) {
            database.rename(id, product.name());
        }

        @Override
        public void delete(Long id) {
            database.remove(id);
        }

        @Override
        public void writeAll(List<CacheWrite<Long, Product>> batch) throws Exception {
            if (broken) {
                throw new IllegalArgumentException("a name that is too long");
            }
            CacheWriter.super.writeAll(batch);
            writes.addAll(batch);
        }
    }

    private TwoLevelCache<Long, Product> products() {
        return duet.cache("products", Long.class, Product.class)
                .loader(database::findProduct)
                .build();
    }

    @Test
    void aside() {
        TwoLevelCache<Long, Product> products = products();
        products.get(7L);
        // example: aside
        database.rename(7L, "green tea");
        products.invalidate(7L);
        // end
        assertThat(products.get(7L).name()).isEqualTo("green tea");
    }

    @Test
    void update() {
        TwoLevelCache<Long, Product> products = products();
        products.get(7L);
        // example: update
        products.update(7L, () -> database.rename(7L, "green tea"));
        // end
        assertThat(products.get(7L).name()).isEqualTo("green tea");
    }

    @Test
    void shapes() {
        TwoLevelCache<Long, Product> products = products();
        products.get(7L);
        // example: shapes
        int rows = products.update(7L, () -> database.rename(7L, "green tea")); // what the write returns

        products.updateAll(List.of(7L, 8L), () -> database.swapNames(7L, 8L)); // one write, several keys

        Product oolong = products.updateAndPut(7L, () -> database.renameReturning(7L, "oolong")); // and cached

        CompletableFuture<Integer> later = products.async().update(8L, () -> database.renameAsync(8L, "mint"));
        // end
        assertThat(rows).isEqualTo(1);
        assertThat(later.join()).isEqualTo(1);
        int loads = database.loads.get();
        assertThat(products.get(7L)).isEqualTo(oolong);
        assertThat(database.loads).hasValue(loads);
        assertThat(products.get(8L).name()).isEqualTo("mint");
    }

    @Test
    void writeBehind() {
        // example: write-behind
        TwoLevelCache<Long, Product> products = duet.cache("products", Long.class, Product.class)
                .loader(database::findProduct)
                .writeBehind(WriteBehind.to(writer)
                        .flushEvery(Duration.ofMillis(500)) // the database has a write so much later
                        .batchSize(200)) // writes in one call of writeAll
                .build();

        products.put(7L, new Product(7L, "green tea")); // the store holds it; all nodes read it
        products.put(7L, new Product(7L, "oolong")); // takes the place of the other
        products.invalidate(8L); // to be deleted; all nodes read that there is none
        // end
        assertThat(products.get(7L).name()).isEqualTo("oolong");
        assertThat(products.get(8L)).isNull();
        assertThat(database.loads).hasValue(0);
        assertThat(products.pendingWrites().flush(Duration.ofSeconds(10))).isTrue();
        assertThat(database.name(7)).isEqualTo("oolong");
        assertThat(products.stats().writeBehind().flushed()).isBetween(2L, 3L);
        assertThatThrownBy(() -> products.update(7L, () -> database.rename(7L, "mint")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void pending() {
        TwoLevelCache<Long, Product> products = duet.cache("products", Long.class, Product.class)
                .loader(database::findProduct)
                .writeBehind(WriteBehind.to(writer).flushEvery(Duration.ofDays(1)))
                .build();
        products.put(7L, new Product(7L, "green tea"));
        // example: pending
        PendingWrites<Long, Product> pending = products.pendingWrites();
        long waiting = pending.size(); // of all nodes, as of the last look
        boolean all = pending.flush(Duration.ofSeconds(10)); // now, and wait for it
        // end
        assertThat(waiting).isBetween(0L, 1L); // the first look, right at the start, may have found it
        assertThat(all).isTrue();
        assertThat(database.name(7)).isEqualTo("green tea");
    }

    @Test
    void parked() {
        writer.broken = true;
        TwoLevelCache<Long, Product> products =
                // example: parked
                duet.cache("products", Long.class, Product.class)
                        .loader(database::findProduct)
                        .writeBehind(WriteBehind.to(writer)
                                .retry(WriteRetry.exponential(Duration.ofMillis(100), Duration.ofSeconds(30))
                                        .withMaximumAttempts(3)))
                        .onEvent(event -> {
                            if (event instanceof CacheEvent.WriteFailed failed && failed.parked()) {
                                log(failed.key() + " is parked: "
                                        + failed.failure().getMessage());
                            }
                        })
                        .build();
        // end
        products.put(7L, new Product(7L, "green tea"));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(log).containsExactly("7 is parked: a name that is too long"));
        log.clear();
        writer.broken = false;
        // example: failed
        for (FailedWrite<Long, Product> failed : products.pendingWrites().failed()) {
            log(failed.key() + " failed " + failed.attempts() + " times: " + failed.failure());
        }
        int again = products.pendingWrites().retryFailed(); // once the reason is gone
        // end
        assertThat(log).singleElement().asString().contains("7 failed 3 times", "too long");
        assertThat(again).isEqualTo(1);
        assertThat(products.pendingWrites().flush(Duration.ofSeconds(10))).isTrue();
        assertThat(database.name(7)).isEqualTo("green tea");
    }
}
