package dev.duet.redis.internal;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Effect;
import dev.duet.store.StoreUnavailableException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RFuture;
import org.redisson.api.RTopic;
import org.redisson.api.listener.BaseStatusListener;
import org.redisson.client.RedisException;

/**
 * A listener's subscription to the channel of a namespace. Thread-safe.
 *
 * <p>Implementation note. The status listener is registered first, which subscribes; then the one for messages; then a
 * probe is published on the channel; and only when that is heard is the feed said to stand. So a change that is made after
 * {@link ChangeListener#onSubscribed()} is heard, and one heard before it would have been missed as well. The server's own
 * acknowledgement would not do: where the client has subscribed to the channel already, it asks the server nothing, and
 * that connection may have been dead for a while (anomaly A08).
 *
 * <p>The client hands over a connection's messages in their order, from one thread at a time, and resubscribes after a
 * reconnect. Around a reconnect two of its threads may be at work for a moment, hence the lock. It says reliably when a
 * subscription stands again, but not when it was lost; so {@link ChangeListener#onLost()} is called right before the
 * next {@link ChangeListener#onSubscribed()}.
 */
final class Feed implements ChangeSubscription {

    private final RTopic topic;
    private final int partitions;
    private final ChangeListener listener;
    private final ReentrantLock calls = new ReentrantLock(true); // so that a storm of messages cannot hold up close()
    private final BaseStatusListener status = new BaseStatusListener() {
        @Override
        public void onSubscribe(String channel) {
            resubscribed();
        }
    };

    private final byte[] probe = ChangeText.probe();

    /** Completes when the probe was heard. */
    private final CompletableFuture<ChangeSubscription> standing = new CompletableFuture<>();

    /** Whether the listener was told that the feed stands; guarded by {@link #calls}. */
    private boolean stands;

    /** Guarded by {@link #calls}. */
    private boolean closed;

    /** Guarded by {@link #calls}. */
    private @Nullable Integer statusId;

    /** Guarded by {@link #calls}. */
    private @Nullable Integer messagesId;

    Feed(RTopic topic, int partitions, ChangeListener listener) {
        this.topic = topic;
        this.partitions = partitions;
        this.listener = listener;
    }

    /**
     * Subscribes. The stage completes when this hears what is published, and the listener has heard of that.
     *
     * @param timeout how long that may take once the client has subscribed
     */
    CompletableFuture<ChangeSubscription> start(String address, Duration timeout) {
        return topic.addListenerAsync(status)
                .thenCompose(id -> {
                    remember(() -> statusId = id);
                    return topic.addListenerAsync(byte[].class, (channel, message) -> heard(message));
                })
                .thenCompose(id -> {
                    remember(() -> messagesId = id);
                    sendProbe();
                    return standing.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
                })
                .exceptionally(failure -> {
                    close();
                    throw new CompletionException(
                            failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException
                                    ? new StoreUnavailableException(
                                            "the change feed of Redis at " + address + " stayed silent for " + timeout
                                                    + ", so its connection is dead; the client replaces it once it"
                                                    + " finds that out by its pings (pingConnectionInterval)",
                                            failure)
                                    : Failures.translate(failure, address));
                })
                .toCompletableFuture();
    }

    private void sendProbe() {
        topic.publishAsync(probe).whenComplete((receivers, failure) -> {
            if (failure != null) {
                standing.completeExceptionally(failure);
            }
        });
    }

    private void remember(Runnable id) {
        calls.lock();
        try {
            id.run();
            if (closed) {
                removeListeners();
            }
        } finally {
            calls.unlock();
        }
    }

    private void heardProbe() {
        call(() -> {
            if (!stands) {
                stands = true;
                listener.onSubscribed();
            }
        });
        standing.complete(this);
    }

    private void resubscribed() {
        call(() -> {
            if (stands) {
                listener.onLost();
                listener.onSubscribed();
            } else if (messagesId != null) {
                sendProbe(); // the first one went to a connection that is gone
            }
        });
    }

    private void heard(byte[] message) {
        if (ChangeText.isProbe(message)) {
            if (Arrays.equals(message, probe)) {
                heardProbe();
            }
            return;
        }
        Change change = ChangeText.parse(message, partitions);
        Effect.Hinted hint = ChangeText.parseHint(message);
        call(() -> {
            if (!stands) {
                return;
            }
            if (hint != null) {
                hint.tell(listener);
            } else if (change == null) {
                listener.onUnreadable("a message of " + message.length + " bytes that is no change, on "
                        + topic.getChannelNames().get(0));
            } else {
                listener.onChange(change);
            }
        });
    }

    private void call(Runnable call) {
        calls.lock();
        try {
            if (!closed) {
                call.run();
            }
        } finally {
            calls.unlock();
        }
    }

    /** Whether it was closed, or never came to stand. */
    boolean isClosed() {
        calls.lock();
        try {
            return closed;
        } finally {
            calls.unlock();
        }
    }

    @Override
    public void close() {
        calls.lock();
        try {
            closed = true;
            removeListeners();
        } finally {
            calls.unlock();
        }
    }

    private void removeListeners() {
        try {
            if (statusId != null) {
                RFuture<Void> unused = topic.removeListenerAsync(statusId);
                statusId = null;
            }
            if (messagesId != null) {
                RFuture<Void> unused = topic.removeListenerAsync(messagesId);
                messagesId = null;
            }
        } catch (RedisException alreadyShutDown) {
            // There is nothing left to remove them from.
        }
    }
}
