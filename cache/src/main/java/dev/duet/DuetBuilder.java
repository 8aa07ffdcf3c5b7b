package dev.duet;

import dev.duet.local.CoarseClock;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Store;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.Codecs;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Configures a {@link Duet}. From {@link Duet#builder()}. Each setting is checked when it is made, and an
 * {@link IllegalArgumentException} names it. Not thread-safe.
 */
public final class DuetBuilder {

    private static final Duration LEAST_STALENESS = Duration.ofMillis(100);

    private @Nullable Store store;
    private String namespace = NamespaceConfig.DEFAULT_NAME;
    private int partitions = NamespaceConfig.DEFAULT_PARTITIONS;
    private Duration maxStaleness = Duration.ofSeconds(1);
    private Codecs codecs = Codecs.json();
    private @Nullable CoarseClock clock;
    private @Nullable LongConsumer pause;

    DuetBuilder() {}

    /** The second level, which all nodes share. Required. The {@code Duet} closes it, even if {@link #build} fails. */
    public DuetBuilder store(Store store) {
        this.store = Objects.requireNonNull(store, "store");
        return this;
    }

    /**
     * The name that keeps applications on one store apart; by default {@code duet}. 1 to 64 letters, digits, '_', '.' or
     * '-'; the first part of every key in the store.
     */
    public DuetBuilder namespace(String namespace) {
        this.namespace = NamespaceConfig.checkName("namespace", namespace);
        return this;
    }

    /**
     * Into how many partitions the keys fall; by default 64. The same on all nodes of a namespace, for as long as it
     * exists. From 1 to 4,096.
     */
    public DuetBuilder partitions(int partitions) {
        this.partitions = new NamespaceConfig(namespace, partitions).partitions();
        return this;
    }

    /**
     * How stale a read may be when everything goes wrong; by default 1 s, at least 100 ms. It is also the term of a
     * writer's intent, and for how long a reader may join another's flight.
     */
    public DuetBuilder maxStaleness(Duration bound) {
        this.maxStaleness = Durations.check("maxStaleness", bound, LEAST_STALENESS);
        return this;
    }

    /** Encodes the values of caches that have no codec of their own; by default {@link Codecs#json()}. */
    public DuetBuilder codecs(Codecs codecs) {
        this.codecs = Objects.requireNonNull(codecs, "codecs");
        return this;
    }

    /** Takes the time from {@code clock}, which stays open; for tests. */
    DuetBuilder clock(CoarseClock clock) {
        this.clock = clock;
        return this;
    }

    /** Waits, for so many nanoseconds, in this way; for tests. */
    DuetBuilder pause(LongConsumer pause) {
        this.pause = pause;
        return this;
    }

    /**
     * Joins the namespace and subscribes to its change feed.
     *
     * @throws IllegalStateException if no store is set
     * @throws StoreConfigurationException if the namespace exists with other settings
     * @throws StoreUnavailableException if the store cannot be reached
     */
    public Duet build() {
        if (store == null) {
            throw new IllegalStateException(
                    "no store is set; set store(…), such as RedisStore.connect(\"redis://127.0.0.1:6379\")");
        }
        return Duet.start(store, new NamespaceConfig(namespace, partitions), maxStaleness, codecs, clock, pause);
    }
}
