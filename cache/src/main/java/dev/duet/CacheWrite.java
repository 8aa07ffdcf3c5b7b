package dev.duet;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A write that a {@link CacheWriter} is to make. Key and version together are its idempotency token: the same write, made once
 * more, has the same ones. A later write of the key has a higher version, on whatever node; so a system of record that keeps
 * the version beside the value can refuse one that comes late:
 *
 * <pre>{@code
 * insert into users (id, email, version) values (?, ?, ?)
 * on conflict (id) do update set email = excluded.email, version = excluded.version
 *     where users.version < excluded.version
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param key the key
 * @param value the value; null if it is to be removed
 * @param version the version; comparable within one key, and below 2<sup>53</sup>. Positive; or 0 if it is not known, since the
 *     store could not be told before a write-through ({@link WhenStoreIsDown#PROCEED}), so that it is below every other:
 *     a system of record that compares then refuses it where there is a row ({@link WhenStoreIsDown#REJECT} says so instead)
 */
public record CacheWrite<K, V>(K key, @Nullable V value, long version) {
    /** Checks the key. */
    public CacheWrite {
        Objects.requireNonNull(key, "key");
    }

    /** Whether the value is to be removed. */
    public boolean isRemoval() {
        return value == null;
    }
}
