package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.systems.CacheSystem.Backend;
import dev.duet.benchmarks.systems.Servers;
import dev.duet.testkit.FaultProxy;
import java.io.IOException;
import java.util.List;

/** The one server behind all nodes of a trial, and what can be done to it. */
interface SecondLevel extends AutoCloseable {

    /** Starts a server. */
    static SecondLevel start(Backend backend) throws IOException {
        return switch (backend) {
            case REDIS -> new RedisLevel();
            case HAZELCAST -> JvmLevel.hazelcast();
            case INFINISPAN -> JvmLevel.infinispan();
        };
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
