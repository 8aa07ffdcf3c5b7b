package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Level;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys that have no value, which is known or not. */
class AbsenceTest {

    private static final long ID = 456;

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node(0, settings -> settings.cacheAbsence(Duration.ofSeconds(5)));
    private final Member n2 = cluster.node(0, settings -> settings.cacheAbsence(Duration.ofSeconds(5)));

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void getEntryIfPresent_notCached_isNull() {
        assertThat(n1.users.getEntryIfPresent(ID)).isNull();
        assertThat(cluster.loads).hasValue(0);
    }

    @Test
    void getEntryIfPresent_knownAbsent_isAnEntryWithoutValue() {
        n1.email(ID);

        assertThat(n1.users.getEntryIfPresent(ID))
                .isEqualTo(new CacheEntry<User>(null, false, Level.NEAR, Duration.ofSeconds(5)));
        assertThat(n2.users.getEntryIfPresent(ID))
                .isEqualTo(new CacheEntry<User>(null, false, Level.STORE, Duration.ofSeconds(5)));
        assertThat(n2.users.getIfPresent(ID)).isNull();
    }

    @Test
    void getEntry_saysWhereAbsenceIsKnownFrom() {
        assertThat(n1.users.getEntry(ID).isAbsent()).isTrue();
        cluster.advance(Duration.ofSeconds(2));

        assertThat(n1.users.getEntry(ID))
                .isEqualTo(new CacheEntry<User>(null, false, Level.NEAR, Duration.ofSeconds(3)));
        assertThat(n2.users.getEntry(ID))
                .isEqualTo(new CacheEntry<User>(null, false, Level.STORE, Duration.ofSeconds(3)));
    }

    @Test
    void getEntry_loaded_saysTheSourceAndItsLife() {
        assertThat(n1.users.getEntry(ID))
                .isEqualTo(new CacheEntry<User>(null, false, Level.SOURCE, Duration.ofSeconds(5)));
    }

    @Test
    void getEntry_notRemembered_hasNoLife() {
        Member n3 = cluster.node();

        assertThat(n3.users.getEntry(ID)).isEqualTo(new CacheEntry<User>(null, false, Level.SOURCE, null));
        assertThat(n3.users.getEntryIfPresent(ID)).isNull();
    }

    @Test
    void absentHits_countNearAndStore() {
        n1.email(ID);
        assertThat(n1.users.stats().absentHits()).isZero();

        n1.email(ID);
        n1.users.getIfPresent(ID);
        n2.email(ID);

        assertThat(n1.users.stats().absentHits()).isEqualTo(2);
        assertThat(n1.users.stats().nearHits()).isEqualTo(2);
        assertThat(n2.users.stats().absentHits()).isEqualTo(1);
        assertThat(n2.users.stats().storeHits()).isEqualTo(1);
    }

    @Test
    void absentHits_leaveOutValues() {
        cluster.commit(ID, "v1");
        n1.email(ID);
        n1.email(ID);
        n2.email(ID);

        assertThat(n1.users.stats().absentHits()).isZero();
        assertThat(n2.users.stats().absentHits()).isZero();
    }

    @Test
    void put_afterAbsence_isSeenAtOnceEverywhere() {
        n1.email(ID);
        n2.email(ID);

        n1.users.put(ID, new User(ID, "put", 1));

        assertThat(n1.email(ID)).isEqualTo("put");
        assertThat(n2.email(ID)).isEqualTo("put");
    }
}
