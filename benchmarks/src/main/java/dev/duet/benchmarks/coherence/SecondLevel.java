package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.systems.CacheSystem.Backend;
import dev.duet.benchmarks.systems.Servers;
import dev.duet.testkit.FaultProxy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one server behind all nodes of a trial, and what can be done to it. */
interface SecondLevel extends AutoCloseable {

    /** Starts a server, or returns null for one that the harness does not know. */
    static @Nullable SecondLevel start(Backend backend) throws Exception {
        if (backend == Backend.REDIS) {
            return new RedisLevel();
        }
        return backend == Backend.HAZELCAST ? new HazelcastLevel() : null;
    }

    /** Where it listens. */
    int port();

    /** How nodes find it at another port, of a proxy. */
    Servers at(int port);

    /** Stops it as a long pause would. */
    void pause();

    /** Ends a pause. */
    void resume();

    /** Ends it at once. */
    void kill();

    /** Starts it anew, with nothing in it. */
    void restart() throws Exception;

    /** Cuts off what it tells the nodes of writes by. */
    void cutSubscriptions(List<FaultProxy> proxies);

    /** Whether nodes are told of writes by this connection. */
    boolean isSubscription(FaultProxy.Connection connection);

    @Override
    void close();
}
