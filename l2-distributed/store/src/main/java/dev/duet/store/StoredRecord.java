package dev.duet.store;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a store holds for one key: nothing, a value, a loader's lease, or the intent of writers at work.
 *
 * <p>Immutable. A record changes only through an {@link Operation}. Versions are heads of the record's partition
 * ({@code docs/protocol.md}); times are the store's clock, in microseconds.
 */
public sealed interface StoredRecord {

    /** Nothing is stored. */
    StoredRecord ABSENT = new Absent();

    /**
     * This record as it counts at {@code moment}: what has run out, or lies below the floor of its cache, is absent.
     * Every operation and every reader sees a record through this.
     */
    StoredRecord at(Moment moment);

    /** Nothing is stored. */
    record Absent() implements StoredRecord {
        @Override
        public StoredRecord at(Moment moment) {
            return this;
        }
    }

    /**
     * A value.
     *
     * @param version the head at which it was stored
     * @param writtenAt when it was stored
     * @param expiresAt when its life ends, or {@link #NEVER}
     * @param cost what it cost to load, in microseconds
     * @param payload its bytes
     */
    record Value(long version, long writtenAt, long expiresAt, long cost, Payload payload) implements StoredRecord {

        /** The end of a life without end: the greatest whole number that a double holds exactly, as Lua has no other. */
        public static final long NEVER = (1L << 53) - 1;

        static Value of(Content content, long version, Moment moment) {
            return new Value(version, moment.now(), moment.after(content.life()), content.cost(), content.payload());
        }

        @Override
        public StoredRecord at(Moment moment) {
            return lives(moment) ? this : ABSENT;
        }

        boolean lives(Moment moment) {
            return moment.now() < expiresAt && version >= moment.floor();
        }
    }

    /**
     * A loader is at work, and it alone may fill.
     *
     * @param token the loader's token
     * @param head the head when the lease was granted
     * @param until when the lease runs out
     */
    record Leased(String token, long head, long until) implements StoredRecord {
        @Override
        public StoredRecord at(Moment moment) {
            return moment.now() < until && head >= moment.floor() ? this : ABSENT;
        }
    }

    /**
     * Writers are at work between their database's old state and its new one.
     *
     * @param writers who is at work, in the order of arrival; at least one
     * @param contended whether writers overlapped, so that none of them may leave a value
     * @param old the value before the write, which is the right answer until the write is complete; null if there is
     *     none, or if it has become doubtful
     */
    record Intent(
            List<Writer> writers,
            boolean contended,
            @Nullable Value old) implements StoredRecord {

        /** Copies the list. */
        public Intent {
            writers = List.copyOf(writers);
        }

        @Override
        public StoredRecord at(Moment moment) {
            List<Writer> working =
                    writers.stream().filter(w -> moment.now() < w.until()).toList();
            if (working.isEmpty()) {
                return ABSENT;
            }
            // A writer that ran out may have committed and died, so the old value goes with it.
            boolean intact = working.size() == writers.size() && old != null && old.lives(moment);
            return new Intent(working, contended, intact ? old : null);
        }

        Optional<Writer> writer(String token) {
            return writers.stream().filter(w -> w.token().equals(token)).findFirst();
        }

        /** When the last of the writers runs out. */
        public long until() {
            return writers.stream().mapToLong(Writer::until).max().orElse(0);
        }
    }

    /**
     * A writer in an intent.
     *
     * @param token the writer's token
     * @param until when its part of the intent runs out, unless it renews it
     */
    record Writer(String token, long until) {
        /** Checks the token. */
        public Writer {
            Objects.requireNonNull(token, "token");
        }
    }
}
