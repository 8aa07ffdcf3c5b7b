package dev.duet.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing that became different in a {@link StorePartition}. Its effects, applied in their order, make of a copy of a
 * partition what the partition is: they are how it is replicated, and how it is moved.
 */
public sealed interface Effect {

    /**
     * A record was stored, or removed.
     *
     * @param key its address
     * @param record what is there now; {@link StoredRecord#ABSENT} if nothing is
     */
    record Stored(RecordKey key, StoredRecord record) implements Effect {
        /** Checks for nulls. */
        public Stored {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(record, "record");
        }
    }

    /**
     * The head advanced, and a change was logged: to be broadcast.
     *
     * @param change the change, whose version is the head
     */
    record Changed(Change change) implements Effect {
        /** Checks for null. */
        public Changed {
            Objects.requireNonNull(change, "change");
        }
    }

    /**
     * Readers wait for a load that has ended: to be broadcast. Nothing in the partition changes by it.
     *
     * @param cache the name of the cache
     * @param key the key as text
     * @param failed whether the load has left no value
     */
    record Hinted(String cache, String key, boolean failed) implements Effect {

        /** Tells a listener. */
        public void tell(ChangeListener listener) {
            if (failed) {
                listener.onLoadFailed(cache, key);
            } else {
                listener.onHint(cache, key);
            }
        }
    }

    /**
     * The floor of a cache was raised.
     *
     * @param cache the name of the cache
     * @param floor values and leases of lower versions are absent
     */
    record Floored(String cache, long floor) implements Effect {}

    /**
     * It became another one's to write what is pending of a cache, or that was renewed.
     *
     * @param cache the name of the cache
     * @param flusher the flusher's token; null for nobody
     * @param renewal which of its renewals this is
     * @param term for how long it stands from then on, in microseconds
     */
    record Flushing(String cache, @Nullable String flusher, long renewal, long term) implements Effect {}

    /**
     * The numbering went on at another head, and the log was emptied, so that followers find a gap.
     *
     * @param head the head
     * @param base the floor under the floors of all caches
     */
    record Renumbered(long head, long base) implements Effect {}

    /**
     * The numbers went on elsewhere, as somebody else has the partition now, who may know less of it than others do.
     *
     * @param from the head before: what follows it is not known here; 0 if something before it may be missing as well
     * @param head the head from which they went on: hardly ever that of another fork as well
     */
    record Forked(long from, long head) implements Effect {}

    /**
     * A pending write was made, or found to be superseded. Not an effect by itself: each write that is pending no more is one.
     *
     * @param key its address
     * @param version its version
     * @param writtenAt when it was stored
     */
    record Settled(RecordKey key, long version, long writtenAt) implements Effect {
        /** Checks for null. */
        public Settled {
            Objects.requireNonNull(key, "key");
        }
    }
}
