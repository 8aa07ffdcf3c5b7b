package dev.duet.store;

/** A listener's subscription to the change feed. */
public interface ChangeSubscription extends AutoCloseable {

    /** Ends the subscription; no call begins after this returns. Idempotent. */
    @Override
    void close();
}
