package dev.duet.hazelcast.internal;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.topic.ITopic;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
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
    /** How to end what has been begun, the last first. */
    private final Deque<Runnable> ends = new ArrayDeque<>();

    private final Runnable reconnected;
    private boolean closed;

    /**
     * A subscription that is not made yet.
     *
     * @param reconnected what to do when a client has lost its cluster and has one again
     */
    HazelcastFeed(HazelcastInstance instance, String namespace, ChangeListener listener, Runnable reconnected) {
        this.instance = instance;
        this.namespace = namespace;
        this.listener = listener;
        this.reconnected = reconnected;
    }

    /** Subscribes, and returns when every member knows; or not at all, if it was closed meanwhile. */
    void open() {
        ITopic<byte[]> topic = instance.getTopic(Names.of(namespace));
        UUID messages =
                topic.addMessageListener(message -> tell(to -> Message.deliver(message.getMessageObject(), to)));
        ended(() -> topic.removeMessageListener(messages));
        UUID lifecycle = instance.getLifecycleService().addLifecycleListener(this::hear);
        ended(() -> instance.getLifecycleService().removeLifecycleListener(lifecycle));
        UUID membership = instance.getCluster().addMembershipListener(new Members());
        ended(() -> instance.getCluster().removeMembershipListener(membership));
        UUID lost = instance.getPartitionService().addPartitionLostListener(event -> {
            LOG.warn(
                    "Members have left, and with them what Hazelcast had in partition {}: what namespace '{}' had there starts over",
                    event.getPartitionId(),
                    namespace);
            tell(ChangeListener::onSubscribed);
        });
        ended(() -> instance.getPartitionService().removePartitionLostListener(lost));
        tell(ChangeListener::onSubscribed);
    }

    /** Has {@code end} run with this; at once, if it is closed already. */
    private void ended(Runnable end) {
        synchronized (turn) {
            if (!closed) {
                ends.push(end);
                return;
            }
        }
        run(end);
    }

    private void run(Runnable end) {
        try {
            end.run();
        } catch (RuntimeException e) {
            LOG.debug("A subscription to namespace '{}' was left to Hazelcast, which is not there", namespace, e);
        }
    }

    private void hear(LifecycleEvent event) {
        switch (event.getState()) {
            case CLIENT_DISCONNECTED, MERGING -> tell(ChangeListener::onLost);
            case CLIENT_CONNECTED -> {
                reconnected.run();
                tell(ChangeListener::onSubscribed);
            }
            case MERGED -> tell(ChangeListener::onSubscribed);
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
        List<Runnable> begun;
        synchronized (turn) {
            closed = true;
            begun = List.copyOf(ends);
            ends.clear();
        }
        begun.forEach(this::run);
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
