package dev.duet.hazelcast.internal;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.topic.ITopic;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription. Whatever may have let messages be missed is told to the listener as a feed that stands anew, so that it
 * looks at the heads: a member that came or left, partitions that were lost, a split that has healed, a client that is
 * connected again.
 */
final class HazelcastFeed implements ChangeSubscription {

    private static final Logger LOG = LoggerFactory.getLogger("dev.duet.Hazelcast");

    private final HazelcastInstance instance;
    private final String namespace;
    private final ChangeListener listener;
    private final Object turn = new Object();
    private @Nullable ITopic<byte[]> topic;
    private @Nullable UUID messages;
    private @Nullable UUID lifecycle;
    private @Nullable UUID membership;
    private @Nullable UUID lost;
    private boolean closed;

    HazelcastFeed(HazelcastInstance instance, String namespace, ChangeListener listener) {
        this.instance = instance;
        this.namespace = namespace;
        this.listener = listener;
    }

    /** Subscribes, and returns when every member knows. */
    void open() {
        ITopic<byte[]> feed = instance.getTopic(Names.of(namespace));
        topic = feed;
        messages = feed.addMessageListener(message -> tell(to -> Message.deliver(message.getMessageObject(), to)));
        lifecycle = instance.getLifecycleService().addLifecycleListener(this::hear);
        membership = instance.getCluster().addMembershipListener(new Members());
        lost = instance.getPartitionService().addPartitionLostListener(event -> {
            LOG.warn(
                    "Members have left, and with them what Hazelcast had in partition {}: what namespace '{}' had there starts over",
                    event.getPartitionId(),
                    namespace);
            tell(ChangeListener::onSubscribed);
        });
        tell(ChangeListener::onSubscribed);
    }

    private void hear(LifecycleEvent event) {
        switch (event.getState()) {
            case CLIENT_DISCONNECTED, MERGING -> tell(ChangeListener::onLost);
            case CLIENT_CONNECTED, MERGED -> tell(ChangeListener::onSubscribed);
            default -> {
                // Nothing is missed by it.
            }
        }
    }

    /** One after the other, whichever threads they come on. */
    private void tell(Consumer<ChangeListener> what) {
        synchronized (turn) {
            if (closed) {
                return;
            }
            try {
                what.accept(listener);
            } catch (RuntimeException e) {
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            }
        }
    }

    @Override
    public void close() {
        synchronized (turn) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            if (topic != null && messages != null) {
                topic.removeMessageListener(messages);
            }
            if (lifecycle != null) {
                instance.getLifecycleService().removeLifecycleListener(lifecycle);
            }
            if (membership != null) {
                instance.getCluster().removeMembershipListener(membership);
            }
            if (lost != null) {
                instance.getPartitionService().removePartitionLostListener(lost);
            }
        } catch (RuntimeException e) {
            LOG.debug("A subscription to namespace '{}' was left to Hazelcast, which is not there", namespace, e);
        }
    }

    private final class Members implements MembershipListener {
        @Override
        public void memberAdded(MembershipEvent event) {
            tell(ChangeListener::onSubscribed);
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            tell(ChangeListener::onSubscribed);
        }
    }
}
