package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A deployment shortens lives, and the store has values of the longer ones: the shorter of the two counts. */
class ShortenedLifeTest {

    private static final long ID = 456;
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();
    private final AtomicInteger loads = new AtomicInteger();
    private volatile boolean down;
    private final TwoLevelCache<Long, User> before = cache(n1, builder -> builder.expireAfterWrite(LONG));

    private TwoLevelCache<Long, User> cache(Member member, UnaryOperator<CacheBuilder<Long, User>> settings) {
        return settings.apply(member.duet
                        .cache("shortened", Long.class, User.class)
                        .ttlJitter(0)
                        .refreshBeta(0)
                        .loader(key -> {
                            if (down) {
                                throw new IllegalStateException("down");
                            }
                            int version = loads.incrementAndGet();
                            return key < 0 ? null : new User(key, "v" + version, version);
                        }))
                .build();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void value_olderThanOwnLife_isLoadedAgain() {
        TwoLevelCache<Long, User> after = cache(n2, builder -> builder.expireAfterWrite(SHORT));
        before.get(ID);
        cluster.advance(SHORT.minus(MOMENT));

        assertThat(after.get(ID).version()).isEqualTo(1);
        assertThat(after.getEntry(ID).expiresIn()).isEqualTo(MOMENT);
        cluster.advance(MOMENT);
        assertThat(after.getIfPresent(ID)).isNull();
        assertThat(after.getEntryIfPresent(ID)).isNull();
        assertThat(after.get(ID).version()).isEqualTo(2);
        assertThat(after.getEntry(ID).expiresIn()).isEqualTo(SHORT);
    }

    @Test
    void value_olderThanOwnLife_isLoadedAgainOnEveryWay() throws Exception {
        TwoLevelCache<Long, User> after = cache(n2, builder -> builder.expireAfterWrite(SHORT));
        before.getAll(List.of(1L, 2L, 3L, 4L));
        cluster.advance(SHORT);

        assertThat(after.getEntry(1L).level()).isEqualTo(Level.SOURCE);
        assertThat(after.async().getEntry(2L).get().level()).isEqualTo(Level.SOURCE);
        assertThat(after.getAll(List.of(3L, 4L)).values()).allMatch(user -> user.version() > 4);
    }

    @Test
    void value_withoutEnd_isBoundedToo() {
        TwoLevelCache<Long, User> endless = cache(cluster.node(), builder -> builder);
        TwoLevelCache<Long, User> after = cache(n2, builder -> builder.expireAfterWrite(SHORT));
        endless.get(ID);

        assertThat(after.getEntry(ID).expiresIn()).isEqualTo(SHORT);
        cluster.advance(SHORT);
        assertThat(after.get(ID).version()).isEqualTo(2);
    }

    @Test
    void rollingDeployment_youngValuesOfTheOldBuild_areNotLoadedAgain() {
        TwoLevelCache<Long, User> after = cache(n2, builder -> builder.expireAfterWrite(SHORT));

        for (int second = 0; second < 100; second++) {
            before.get(ID);
            after.get(ID);
            after.getIfPresent(ID);
            cluster.advance(Duration.ofSeconds(1));
        }

        assertThat(loads).hasValue(10);
    }

    @Test
    void expiry_boundsEachValueByItsOwnLife() {
        TwoLevelCache<Long, User> after = cache(n2, builder -> builder.expiry((key, user) -> Duration.ofSeconds(key)));
        before.getAll(List.of(5L, 7L));
        cluster.advance(Duration.ofSeconds(6));

        assertThat(after.getIfPresent(5L)).isNull();
        assertThat(after.getEntry(7L).expiresIn()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void expiry_thatThrows_leavesTheStoredLife() {
        TwoLevelCache<Long, User> after = cache(
                n2,
                builder -> builder.expiry((key, user) -> {
                    throw new IllegalStateException("broken");
                }));
        before.get(ID);

        assertThat(after.getEntry(ID).expiresIn()).isEqualTo(LONG);
    }

    @Test
    void ttlJitter_ofTheReader_shortensNothingThatIsStored() {
        TwoLevelCache<Long, User> writer = cache(cluster.node(), builder -> builder.expireAfterWrite(SHORT));
        TwoLevelCache<Long, User> reader =
                cache(n2, builder -> builder.expireAfterWrite(SHORT).ttlJitter(0.5));
        writer.get(ID);
        cluster.advance(SHORT.minus(MOMENT));

        assertThat(reader.getEntry(ID).expiresIn()).isEqualTo(MOMENT);
    }

    @Test
    void absence_olderThanOwnLife_isLoadedAgain() {
        TwoLevelCache<Long, User> old =
                cache(cluster.node(), builder -> builder.expireAfterWrite(LONG).cacheAbsence(LONG));
        TwoLevelCache<Long, User> after =
                cache(n2, builder -> builder.expireAfterWrite(LONG).cacheAbsence(SHORT));
        old.get(-1L);
        assertThat(after.getEntry(-1L).expiresIn()).isEqualTo(SHORT);
        cluster.advance(SHORT);

        assertThat(after.getEntryIfPresent(-1L)).isNull();
        after.get(-1L);
        assertThat(loads).hasValue(2);
    }

    @Test
    void absence_ofACacheThatKeepsNone_countsAsStored() {
        TwoLevelCache<Long, User> old =
                cache(cluster.node(), builder -> builder.expireAfterWrite(LONG).cacheAbsence(LONG));
        TwoLevelCache<Long, User> after = cache(n2, builder -> builder.expireAfterWrite(LONG));
        old.get(-1L);

        assertThat(after.getEntryIfPresent(-1L).expiresIn()).isEqualTo(LONG);
        after.get(-1L);
        assertThat(loads).hasValue(1);
    }

    @Test
    void staleIfError_countsFromTheShorterLife() {
        TwoLevelCache<Long, User> after =
                cache(n2, builder -> builder.expireAfterWrite(SHORT).staleIfError(Duration.ofMinutes(1)));
        before.getAll(List.of(1L, 2L));
        cluster.advance(Duration.ofSeconds(69));
        down = true;

        assertThat(after.getEntry(1L)).satisfies(entry -> {
            assertThat(entry.stale()).isTrue();
            assertThat(entry.value()).isNotNull();
        });
        cluster.advance(Duration.ofSeconds(1));
        assertThatThrownBy(() -> after.get(2L)).hasMessage("down");
    }

    @Test
    void pendingWrite_olderThanOwnLife_isServed() {
        CacheWriter<Long, User> stuck = new CacheWriter<>() {
            @Override
            public void write(Long key, User value) {
                throw new IllegalStateException("stuck");
            }

            @Override
            public void delete(Long key) {
                throw new IllegalStateException("stuck");
            }
        };
        TwoLevelCache<Long, User> old =
                cache(cluster.node(), builder -> builder.expireAfterWrite(LONG).writeBehind(WriteBehind.to(stuck)));
        TwoLevelCache<Long, User> after =
                cache(n2, builder -> builder.expireAfterWrite(SHORT).writeBehind(WriteBehind.to(stuck)));
        old.put(ID, new User(ID, "pending", 9));
        cluster.advance(SHORT);

        assertThat(after.getIfPresent(ID).email()).isEqualTo("pending");
        assertThat(after.get(ID).email()).isEqualTo("pending");
        assertThat(loads).hasValue(0);
    }
}
