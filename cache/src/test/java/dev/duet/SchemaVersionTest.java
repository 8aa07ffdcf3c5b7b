package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.store.InMemoryStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two builds of an application on one store, one of which has changed the type of its values. */
class SchemaVersionTest {

    private final Cluster cluster = new Cluster();

    record Old(String name) {}

    record New(String name, String note) {}

    private final Cluster.Member before = cluster.node();
    private final Cluster.Member after = cluster.node();
    private final TwoLevelCache<Long, Old> old = before.duet
            .cache("things", Long.class, Old.class)
            .cacheAbsence(Duration.ofMinutes(1))
            .build();
    private final TwoLevelCache<Long, New> recent = after.duet
            .cache("things", Long.class, New.class)
            .cacheAbsence(Duration.ofMinutes(1))
            .schemaVersion("2")
            .build();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void get_valueOfTheOtherBuild_isACountedMissAndReplaced() {
        old.put(1L, new Old("a"));

        assertThat(recent.getIfPresent(1L)).isNull();
        assertThat(recent.stats().unreadable()).isPositive();
        assertThat(recent.get(1L, key -> new New("a", "b"))).isEqualTo(new New("a", "b"));

        TwoLevelCache<Long, New> third = cluster.node()
                .duet
                .cache("things", Long.class, New.class)
                .schemaVersion("2")
                .build();
        assertThat(third.getIfPresent(1L)).isEqualTo(new New("a", "b"));
    }

    @Test
    void get_newerValue_isAMissForTheOlderBuildToo() {
        recent.put(1L, new New("a", "b"));

        assertThat(old.getIfPresent(1L)).isNull();
        assertThat(old.get(1L, key -> new Old("c"))).isEqualTo(new Old("c"));
        assertThat(recent.getIfPresent(1L)).isEqualTo(new New("a", "b")); // near, since a fill tells nobody
    }

    @Test
    void get_absenceOfTheOtherBuild_isAMiss() {
        old.get(1L, key -> null);

        assertThat(recent.getEntryIfPresent(1L)).isNull();
    }

    @Test
    void invalidate_byEitherBuild_reachesTheOther() {
        recent.put(1L, new New("a", "b"));
        old.invalidate(1L);
        assertThat(recent.getIfPresent(1L)).isNull();

        old.put(1L, new Old("c"));
        recent.update(1L, () -> {});
        assertThat(old.getIfPresent(1L)).isNull();
    }

    @Test
    void schemaVersion_badOrWithWriteBehind_isRefused() {
        try (Duet duet = Duet.builder().store(InMemoryStore.create()).build()) {
            CacheBuilder<Long, Old> builder = duet.cache("things", Long.class, Old.class);
            assertThatThrownBy(() -> builder.schemaVersion("a b"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("schemaVersion")
                    .hasMessageContaining("'things'");
            builder.schemaVersion("2").writeBehind(WriteBehind.to(new CacheWriter<>() {
                @Override
                public void write(Long key, Old value) {}

                @Override
                public void delete(Long key) {}
            }));
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("schemaVersion")
                    .hasMessageContaining("writeBehind");
        }
    }
}
