package dev.duet;

import dev.duet.local.CoarseClock;
import dev.duet.store.Namespace;
import dev.duet.store.codec.Codecs;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * What the caches of one node share.
 *
 * @param name the node's name, unique in the namespace
 * @param namespace the store, as this node sees it
 * @param clock the node's clock, which only measures durations
 * @param scheduler runs what is due later; its tasks do not block
 * @param pause waits for so many nanoseconds
 * @param maxStaleness the bound B
 * @param codecs encodes values by default
 * @param tokens how many tokens were given out
 */
record Node(
        String name,
        Namespace namespace,
        CoarseClock clock,
        ScheduledExecutorService scheduler,
        LongConsumer pause,
        Duration maxStaleness,
        Codecs codecs,
        AtomicLong tokens) {

    /** A token that no load or write had before, on any node. */
    String newToken() {
        return name + '-' + Long.toString(tokens.incrementAndGet(), Character.MAX_RADIX);
    }
}
