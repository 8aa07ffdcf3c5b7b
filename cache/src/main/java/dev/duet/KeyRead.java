package dev.duet;

import dev.duet.internal.Flights.Flight;
import dev.duet.internal.Payloads.Decoded;
import dev.duet.internal.WaitingReaders;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How far the read of one key has come. Used by one step at a time.
 *
 * <p>Implementation note. Ticket, floor and time are of before the store, or without it the loader, was asked last.
 */
final class KeyRead<K, V> {

    /** What a load is to do with what it finds. */
    enum Mode {
        /** Fill the store and the near cache, under a lease. */
        FILL,
        /** Keep it near for the bound B, since the store cannot be asked. */
        ALONE,
        /** Keep it nowhere, since writers, slow loaders or others after a failed load are at work. */
        KEEP_NOT
    }

    final K key;
    final RecordKey record;
    final Flight<K, Answer<V>> flight;
    final String token;
    /** Whether the value is served meanwhile, and nobody waits. */
    final boolean refresh;

    Mode mode = Mode.KEEP_NOT;
    long ticket;
    long floor;
    long asked;
    /** The head at which the lease was granted. */
    long granted;
    /** The value that is refreshed, as the store names it. */
    long writtenAt;

    /** The version of a value that could not be read, or is older than this node's settings allow. */
    long discard;

    /** The value that is discarded since it is too old, though it may be served if the load fails. */
    Reading.@Nullable Hit outlived;

    /** Until when others' loads are waited for; 0 as long as none is. */
    long patience;

    long pause;
    long hints;

    /** Its place among those who wait for others' loads, once it has waited. */
    WaitingReaders<K>.@Nullable Reader waiting;

    /** Whether a load that it waited for had ended when the store was asked last. */
    boolean loadFailed;

    /** The value that the loader may find unchanged, or that is served if it fails. */
    Reading.@Nullable Hit previous;

    @Nullable
    Decoded<V> previousValue;

    long started;
    CompletableFuture<LoadResult<V>> loaded = new CompletableFuture<>();

    KeyRead(K key, RecordKey record, Flight<K, Answer<V>> flight, String token, boolean refresh) {
        this.key = key;
        this.record = record;
        this.flight = flight;
        this.token = token;
        this.refresh = refresh;
    }
}
