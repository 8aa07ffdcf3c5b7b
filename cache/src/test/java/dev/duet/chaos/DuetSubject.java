package dev.duet.chaos;

import dev.duet.Duet;
import dev.duet.TwoLevelCache;
import dev.duet.store.Store;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Duet. Values have no end of life, so that what is wrong stays wrong. */
final class DuetSubject implements Subject {

    private final Duet duet;
    private final TwoLevelCache<Long, Row> rows;

    DuetSubject(Store store, Duration bound, Rows database) {
        duet = Duet.builder()
                .store(store)
                .namespace("chaos")
                .maxStaleness(bound)
                .build();
        rows = duet.cache("rows", Long.class, Row.class)
                .maximumSize(NEAR_SIZE)
                .loadTimeout(bound)
                .loader(database::find)
                .build();
    }

    @Override
    public @Nullable Row get(long key) {
        return rows.get(key);
    }

    @Override
    public @Nullable Row getIfPresent(long key) {
        return rows.getIfPresent(key);
    }

    @Override
    public void update(long key, Write write) throws Exception {
        rows.update(key, write::run);
    }

    @Override
    public void invalidate(long key) {
        rows.invalidate(key);
    }

    @Override
    public void invalidateAll() {
        rows.invalidateAll();
    }

    @Override
    public void close() {
        duet.close();
    }
}
