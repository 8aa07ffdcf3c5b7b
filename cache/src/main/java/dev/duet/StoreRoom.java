package dev.duet;

import dev.duet.store.LeaseReply;
import dev.duet.store.PendingOperation.PendingReply;
import dev.duet.store.StoreFullException;
import dev.duet.store.WriteReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the store has room for values (anomaly A47). One that is full answers all the same, so this is no outage. Logs when
 * that begins and when it ends, and not each refusal. Thread-safe.
 */
final class StoreRoom {

    private static final Logger LOG = LoggerFactory.getLogger(StoreRoom.class);

    private final String address;
    private volatile @Nullable String full;

    /** A store that has room as far as is known. */
    StoreRoom(String address) {
        this.address = address;
    }

    /** The store has refused to take something. */
    void refused(StoreFullException failure) {
        if (full != null) {
            return;
        }
        synchronized (this) {
            if (full != null) {
                return;
            }
            full = failure.getMessage();
        }
        LOG.warn(
                "The store at {} is full: reads load what it does not have and keep it near for maxStaleness at most, until it"
                        + " has room again; invalidations go through: {}",
                address,
                failure.getMessage());
    }

    /** The store has answered; some answers show that it has room. */
    void answered(Object reply) {
        if (full == null || !tookSomething(reply)) {
            return;
        }
        synchronized (this) {
            if (full == null) {
                return;
            }
            full = null;
        }
        LOG.info("The store at {} has room again", address);
    }

    private static boolean tookSomething(Object reply) {
        return reply instanceof LeaseReply.Granted
                || (reply instanceof WriteReply written && written.stored())
                || (reply instanceof PendingReply pending && pending.accepted());
    }

    /** What the store said when it was full and was last asked to take something; null if it took that. */
    @Nullable
    String full() {
        return full;
    }
}
