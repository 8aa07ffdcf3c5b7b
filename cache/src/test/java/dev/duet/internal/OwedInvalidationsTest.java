package dev.duet.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.internal.OwedInvalidations.Debts;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.RecordKey;
import org.junit.jupiter.api.Test;

class OwedInvalidationsTest {

    private final OwedInvalidations owed = new OwedInvalidations(2);
    private final RecordKey a = key("users", "a");
    private final RecordKey b = key("users", "b");
    private final RecordKey c = key("users", "c");
    private final RecordKey other = key("orders", "a");

    @Test
    void add_key_coversItAndNoOther() {
        owed.add(a);

        assertThat(owed.covers(a)).isTrue();
        assertThat(owed.covers(b)).isFalse();
        assertThat(owed.covers(other)).isFalse();
        assertThat(owed.size()).isEqualTo(1);
    }

    @Test
    void add_moreKeysThanFit_owesTheirWholeCache() {
        owed.add(a);
        owed.add(b);
        owed.add(b);
        assertThat(owed.overflows()).isZero();

        owed.add(c);

        assertThat(owed.overflows()).isEqualTo(1);
        assertThat(owed.size()).isEqualTo(1);
        assertThat(owed.covers(key("users", "any"))).isTrue();
        assertThat(owed.covers(other)).isFalse();
        assertThat(owed.first(10).caches()).containsOnlyKeys("users");
    }

    @Test
    void add_keyOfACacheThatIsOwedWhole_owesTheCacheAnew() {
        owed.addCache("users");
        Debts before = owed.first(10);

        owed.add(a);
        owed.paid("users", before.caches().get("users"));

        assertThat(owed.covers(a)).isTrue();
        assertThat(owed.first(10).keys()).isEmpty();
    }

    @Test
    void paid_keyOwedAnewMeanwhile_staysOwed() {
        owed.add(a);
        Debts before = owed.first(10);

        owed.add(a);
        owed.paid(a, before.keys().get(a));

        assertThat(owed.covers(a)).isTrue();
    }

    @Test
    void paid_cacheOwedAnewMeanwhile_staysOwed() {
        owed.addCache("users");
        Debts before = owed.first(10);

        owed.addCache("users");
        owed.paid("users", before.caches().get("users"));

        assertThat(owed.covers(a)).isTrue();
        owed.paid("users", owed.first(10).caches().get("users"));
        assertThat(owed.covers(a)).isFalse();
        assertThat(owed.isEmpty()).isTrue();
    }

    @Test
    void first_moreThanAskedFor_givesTheOldest() {
        owed.add(b);
        owed.add(a);

        assertThat(owed.first(1).keys()).containsOnlyKeys(b);
    }

    private static RecordKey key(String cache, String key) {
        return NamespaceConfig.defaults().recordKey(cache, key);
    }
}
