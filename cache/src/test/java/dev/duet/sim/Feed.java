package dev.duet.sim;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.ChangeSubscription;
import dev.duet.store.Effect;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A subscription on its way from the store to a node: in order, late, with messages missing, cut and made again, or
 * half-open, so that it delivers nothing and nobody is told.
 */
final class Feed implements ChangeSubscription {

    private final World world;
    private final SimulatedNode node;
    private final Server server;
    private final Network network;
    private final ChangeListener listener;
    private @Nullable ChangeSubscription atServer;
    private int connection;
    private long lastArrival;
    private int toDrop;
    /** By partition, the version that was delivered last, or the head when the connection was made. */
    private long[] heard = {};

    private boolean stood;
    private boolean halfOpen;
    private boolean closed;

    Feed(World world, SimulatedNode node, Server server, Network network, ChangeListener listener) {
        this.world = world;
        this.node = node;
        this.server = server;
        this.network = network;
        this.listener = listener;
    }

    /** Subscribes, at the server; the stage completes when the acknowledgement has reached the listener. */
    CompletableFuture<ChangeSubscription> subscribe() {
        CompletableFuture<ChangeSubscription> acknowledged = new CompletableFuture<>();
        connect(() -> acknowledged.complete(this));
        return acknowledged;
    }

    private void connect(Runnable acknowledged) {
        if (closed || atServer != null) {
            return;
        }
        int mine = ++connection;
        heard = server.heads();
        atServer = server.subscribe(node, new ChangeListener() {
            @Override
            public void onSubscribed() {
                arrive(mine, () -> {
                    if (stood) {
                        listener.onLost();
                    }
                    stood = true;
                    listener.onSubscribed();
                    acknowledged.run();
                });
            }

            @Override
            public void onChange(Change change) {
                if (toDrop > 0) {
                    toDrop--;
                    world.trace.say("message ", change.version(), " to ", node, " is dropped");
                } else {
                    arrive(mine, () -> {
                        heard[change.partition()] = change.version();
                        world.trace.say(node, " hears ", change.version(), " of key ", change.key());
                        listener.onChange(change);
                    });
                }
            }

            @Override
            public void onHint(String cache, String key) {
                hint(new Effect.Hinted(cache, key, false));
            }

            @Override
            public void onLoadFailed(String cache, String key) {
                hint(new Effect.Hinted(cache, key, true));
            }

            private void hint(Effect.Hinted hinted) {
                if (network.losesHint()) {
                    world.trace.say("a hint of key ", hinted.key(), " to ", node, " is lost");
                } else {
                    arrive(mine, () -> {
                        world.trace.say(node, " is hinted at key ", hinted.key());
                        hinted.tell(listener);
                    });
                }
            }

            @Override
            public void onUnreadable(String description) {
                throw new IllegalStateException(description);
            }

            @Override
            public void onLost() {
                throw new IllegalStateException("a store in memory loses no subscription");
            }
        });
    }

    private void arrive(int on, Runnable message) {
        lastArrival = Math.max(lastArrival, world.now() + network.delay());
        world.after(lastArrival - world.now(), node, () -> {
            if (!closed && !halfOpen && on == connection) {
                message.run();
            }
        });
    }

    /** Loses the next messages. */
    void drop(int messages) {
        toDrop = messages;
    }

    /** Delivers nothing for so long, and then everything. */
    void stall(long nanos) {
        lastArrival = Math.max(lastArrival, world.now() + nanos);
    }

    /** Delivers nothing any more, and says nothing of it. */
    void openHalf() {
        halfOpen = true;
    }

    /** Loses the connection with all that is under way, and makes a new one after a while. */
    void cut(long nanos) {
        if (atServer != null && !halfOpen) {
            atServer.close();
            atServer = null;
            connection++;
            world.after(nanos, this::reconnect);
        }
    }

    private void reconnect() {
        if (node.link.isUp()) {
            world.trace.say("the feed of ", node, " is connected again");
            connect(() -> {});
        } else {
            world.after(50 * World.MILLIS, this::reconnect);
        }
    }

    /** By partition, up to where the node has heard. */
    long[] heard() {
        return heard.clone();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        if (atServer != null) {
            atServer.close();
            atServer = null;
        }
    }
}
