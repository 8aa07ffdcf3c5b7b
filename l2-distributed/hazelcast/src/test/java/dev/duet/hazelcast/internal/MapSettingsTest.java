package dev.duet.hazelcast.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.MapConfig;
import dev.duet.store.Namespace.Durability;
import java.util.List;
import org.junit.jupiter.api.Test;

class MapSettingsTest {

    private static Durability durability(MapConfig config, int backupTimeout, int members) {
        return MapSettings.durability(List.of(MapSettings.parse(MapSettings.text(config, backupTimeout))), members);
    }

    @Test
    void A50_mapWithoutSplitBrainProtection_isWarnedOf_withBothRemedies() {
        Durability durability = durability(Preparation.mapConfig("duet.*"), 5_000, 2);

        assertThat(durability.refusal()).isNull();
        assertThat(durability.warning()).contains("compare versions", "split-brain protection");
    }

    @Test
    void mapWithSplitBrainProtection_andBackupsThatAnswer_isNot() {
        MapConfig config = Preparation.mapConfig("duet.*").setSplitBrainProtectionName("majority");

        assertThat(durability(config, 5_000, 2)).isEqualTo(new Durability(null, null));
        assertThat(durability(config, 4_000, 2).warning()).contains("backup.timeout");
        assertThat(durability(config, 5_000, 1).warning()).contains("one member");
    }

    @Test
    void mapWithoutBackups_isRefused() {
        assertThat(durability(Preparation.mapConfig("duet.*").setBackupCount(0), 5_000, 2)
                        .refusal())
                .contains("backup-count");
    }
}
