package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteBehindSettingsTest {

    private final Cluster cluster = new Cluster();
    private final BatchRecorder writer = new BatchRecorder(cluster.database);
    private final WriteBehind<Long, Cluster.User> settings = WriteBehind.to(writer);

    @AfterEach
    void close() {
        cluster.close();
    }

    private CacheBuilder<Long, Cluster.User> orders() {
        return cluster.node().duet.cache("orders", Long.class, Cluster.User.class);
    }

    @Test
    void each_isKept() {
        WriteRetry retry = WriteRetry.exponential(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(settings.flushEvery(Duration.ofMillis(1))
                        .batchSize(2)
                        .maximumPending(3)
                        .maximumWait(Duration.ofMillis(4))
                        .leaseTerm(Duration.ofMillis(5))
                        .closeTimeout(Duration.ofMillis(6))
                        .retry(retry))
                .isEqualTo(new WriteBehind<>(
                        writer,
                        Duration.ofMillis(1),
                        2,
                        3,
                        Duration.ofMillis(4),
                        Duration.ofMillis(5),
                        Duration.ofMillis(6),
                        retry));
    }

    @Test
    void each_isChecked() {
        assertThatThrownBy(() -> settings.batchSize(0)).hasMessageContaining("batchSize");
        assertThatThrownBy(() -> settings.batchSize(10_001)).hasMessageContaining("from 1 to 10,000, but is 10001");
        assertThatThrownBy(() -> settings.maximumPending(0)).hasMessageContaining("maximumPending");
        assertThatThrownBy(() -> settings.flushEvery(Duration.ZERO)).hasMessageContaining("flushEvery of writeBehind");
        assertThatThrownBy(() -> settings.maximumWait(Duration.ZERO)).hasMessageContaining("maximumWait");
        assertThatThrownBy(() -> settings.leaseTerm(Duration.ofNanos(1))).hasMessageContaining("leaseTerm");
        assertThatThrownBy(() -> settings.closeTimeout(Duration.ofDays(-1))).hasMessageContaining("closeTimeout");
        assertThatThrownBy(() -> WriteBehind.to(null)).hasMessageContaining("writer");
    }

    @Test
    void excludesWriterAndCodeVersion() {
        assertThatThrownBy(() -> orders().writeBehind(settings).writer(writer).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cache 'orders' has both writer and writeBehind; set the one that is meant");
        assertThatThrownBy(() -> orders().writeBehind(settings).codeVersion("2").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("codeVersion and writeBehind");
    }

    @Test
    void pendingWrites_ofACacheThatDoesNotWriteBehind_areRefused() {
        TwoLevelCache<Long, Cluster.User> cache = orders().build();
        assertThatThrownBy(cache::pendingWrites)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("writeBehind(");
    }

    @Test
    void equalSettings_areTheSameCache() {
        Duet duet = cluster.node().duet;
        TwoLevelCache<Long, Cluster.User> one = duet.cache("orders", Long.class, Cluster.User.class)
                .writeBehind(settings.batchSize(7))
                .build();
        TwoLevelCache<Long, Cluster.User> two = duet.cache("orders", Long.class, Cluster.User.class)
                .writeBehind(settings.batchSize(7))
                .build();
        assertThat(two).isSameAs(one);
    }
}
