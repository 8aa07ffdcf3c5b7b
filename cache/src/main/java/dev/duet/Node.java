package dev.duet;

import dev.duet.internal.LoadScope;
import dev.duet.internal.OpenWrites;
import dev.duet.internal.Waiting;
import dev.duet.internal.WillingExecutor;
import dev.duet.local.CoarseClock;
import dev.duet.local.Freshness;
import dev.duet.store.codec.Codecs;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;

/**
 * What the caches of one node share.
 *
 * @param name the node's name, unique in the namespace
 * @param link the way to the store
 * @param clock the node's clock, which only measures durations
 * @param housekeeper does the bookkeeping of near caches
 * @param freshness until when near entries are served on the strength of an audit
 * @param scheduler runs what is due later; its tasks do not block
 * @param waiting how callers' threads wait
 * @param maxStaleness the bound B
 * @param whenStoreIsDown what a write does when the store cannot be told of it
 * @param codecs encodes values by default
 * @param writes which threads are in the middle of a write
 * @param tokens draws the tokens of its loads and writes
 * @param background runs what no caller's thread is to wait for; never refuses, and begins everything in time
 * @param random from 0 to 1, for whatever is spread out
 * @param loads which loaders' calls the threads are in
 * @param lifetime whether the node is open
 */
record Node(
        String name,
        StoreLink link,
        CoarseClock clock,
        Executor housekeeper,
        Freshness freshness,
        ScheduledExecutorService scheduler,
        Waiting waiting,
        Duration maxStaleness,
        WhenStoreIsDown whenStoreIsDown,
        Codecs codecs,
        OpenWrites writes,
        Tokens tokens,
        WillingExecutor background,
        DoubleSupplier random,
        LoadScope.Stack loads,
        Lifetime lifetime) {

    /** A token that no load or write had before, on any node. */
    String newToken() {
        return tokens.next();
    }
}
