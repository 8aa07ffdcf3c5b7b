package dev.duet;

import dev.duet.store.NamespaceConfig;
import dev.duet.store.codec.Codecs;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a user configures on a {@link Duet}; {@link DuetBuilder} says what each setting means.
 *
 * @param namespace the namespace and its partitions
 * @param maxStaleness the bound B
 * @param storeTimeout how long an operation of the store is waited for
 * @param whenStoreIsDown what a write does when the store cannot be told of it
 * @param maximumOwedInvalidations how many owed keys are remembered one by one
 * @param failFast whether the start fails without the store
 * @param codecs encodes values by default
 * @param executor runs what must not be on a caller's thread, and is not shut down; null for a pool of the node's own
 */
record DuetConfig(
        NamespaceConfig namespace,
        Duration maxStaleness,
        Duration storeTimeout,
        WhenStoreIsDown whenStoreIsDown,
        int maximumOwedInvalidations,
        boolean failFast,
        Codecs codecs,
        @Nullable Executor executor) {}
