package dev.duet;

import dev.duet.store.Content;
import dev.duet.store.Reading;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a node keeps what others have stored: no longer than its own settings allow. A deployment may shorten a life, and
 * the store still has values of the longer one. Thread-safe.
 *
 * <p>Implementation note. What is stored was shortened at random, and this counts from the life before that, so that a value is
 * never over sooner for its reader than for its writer while both have the same settings. A cache with a {@code
 * conditionalLoader} is left alone: its loads may say lives of their own, and a record does not show which did. So is the fact
 * that there is no value, where the node's settings say no life for that.
 */
final class OwnLives<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(OwnLives.class);

    private final CacheConfig<K, V> config;
    private final boolean bounds;

    OwnLives(CacheConfig<K, V> config) {
        this.config = config;
        this.bounds = config.conditionalLoader() == null;
    }

    /** What the store has, with what is left of the shorter life; null if that is over. */
    Reading.@Nullable Hit bounded(K key, @Nullable V value, Reading.Hit hit) {
        long most = most(key, value, hit.stale());
        if (most == Content.FOREVER || most - hit.age() >= hit.remaining()) {
            return hit;
        }
        return most <= hit.age() ? null : lasting(hit, most - hit.age(), hit.stale());
    }

    /** The same, if it is to be served and not to be kept. */
    static Reading.Hit unkept(Reading.Hit hit) {
        return lasting(hit, 0, hit.stale());
    }

    /** The same as a stale value, whose remaining time {@link #bounded} then says. */
    static Reading.Hit stale(Reading.Hit hit) {
        return lasting(hit, Content.FOREVER, true);
    }

    private static Reading.Hit lasting(Reading.Hit hit, long remaining, boolean stale) {
        return new Reading.Hit(
                hit.head(), hit.version(), hit.writtenAt(), hit.age(), remaining, hit.cost(), stale, hit.payload());
    }

    /** How old a value may be, in microseconds; a stale one as old as it may be retained. */
    private long most(K key, @Nullable V value, boolean stale) {
        if (!bounds) {
            return Content.FOREVER;
        }
        Duration life = value == null ? config.cacheAbsence() : policy(key, value);
        if (life == null) {
            return Content.FOREVER;
        }
        Duration retention = stale ? config.staleIfError() : null;
        return Durations.micros(life) + (retention == null ? 0 : Durations.micros(retention));
    }

    private @Nullable Duration policy(K key, V value) {
        try {
            return config.lifeOf(key, value);
        } catch (RuntimeException e) {
            LOG.warn(
                    "The expiry policy of cache '{}' failed for the stored value of key '{}', which keeps its stored life: {}",
                    config.name(),
                    key,
                    e.toString());
            return null;
        }
    }
}
