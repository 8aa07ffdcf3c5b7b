package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.systems.CacheSystem.Backend;
import dev.duet.testkit.FaultProxy.Direction;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What happens to nodes, connections and servers while the nodes read and write. A schedule returns when all is healed;
 * then nobody writes any more.
 */
enum Schedule {
    /** Nothing but work; propagation is probed meanwhile, on a key of its own. */
    CALM {
        @Override
        void play(Cluster cluster, Propagation propagation) throws Exception {
            propagation.probe(cluster);
        }

        @Override
        String how(Backend backend) {
            return "the nodes read and write";
        }
    },

    /** What nodes are told of writes by is cut off every second. */
    PUBSUB_KILLED {
        @Override
        void play(Cluster cluster, Propagation propagation) throws Exception {
            for (long i = 0; i < cluster.pace().fault().toSeconds(); i++) {
                cluster.level().cutSubscriptions(cluster.proxies());
                Cluster.sleep(1_000);
            }
        }

        @Override
        String how(Backend backend) {
            return backend != Backend.REDIS
                    ? "every second the connections of each client are reset, which carry the events and all else"
                    : "CLIENT KILL TYPE pubsub every second";
        }
    },

    /** What one node is told of writes by is open and silent; then it is reset, as by a system that finds out. */
    SUBSCRIPTION_HALF_OPEN {
        @Override
        void play(Cluster cluster, Propagation propagation) throws Exception {
            var silent = cluster.node(1).proxy().connections(cluster.level()::isSubscription);
            silent.forEach(connection -> connection.halfOpen(Direction.TO_CLIENT));
            Cluster.sleep(cluster.pace().halfOpen().toMillis());
            silent.forEach(connection -> connection.drop());
        }

        @Override
        String how(Backend backend) {
            return backend != Backend.REDIS
                    ? "nothing reaches one client for 10 s by the connections that it has, which then are reset; new ones"
                            + " work"
                    : "nothing reaches one node for 10 s by the connections with a subscription, which then are reset; new ones"
                            + " work";
        }
    },

    /** One node stops, and goes on. */
    NODE_STOPPED {
        @Override
        void play(Cluster cluster, Propagation propagation) throws Exception {
            cluster.node(1).process().pause();
            Cluster.sleep(5_000);
            cluster.node(1).process().resume();
        }

        @Override
        String how(Backend backend) {
            return "SIGSTOP of one node's process for 5 s";
        }
    },

    /** The server stops, and goes on. */
    SERVER_PAUSED {
        @Override
        void play(Cluster cluster, Propagation propagation) throws Exception {
            cluster.level().pause();
            Cluster.sleep(3_000);
            cluster.level().resume();
            Cluster.sleep(AFTERWARDS);
        }

        @Override
        String how(Backend backend) {
            return "SIGSTOP of the " + server(backend) + " for 3 s";
        }
    },

    /** The server dies, and comes back empty. */
    SERVER_RESTARTED {
        @Override
        void play(Cluster cluster, Propagation propagation) throws Exception {
            cluster.level().kill();
            Cluster.sleep(2_000);
            cluster.level().restart();
            Cluster.sleep(AFTERWARDS);
        }

        @Override
        String how(Backend backend) {
            return "the " + server(backend) + " is killed, and started again empty after 2 s";
        }
    },

    /** A loader has read, and is held up before it returns, while another node writes the key. */
    SLOW_LOADER {
        @Override
        void play(Cluster cluster, Propagation propagation) throws Exception {
            for (int round = 0; round < cluster.pace().rounds(); round++) {
                long[] keys = keys(RACED, round);
                cluster.include(keys);
                LongStream.of(keys).forEach(key -> cluster.database().holdUpNextRead(key, 300));
                cluster.node(0).tell("load", keys);
                cluster.node(0).await("loading");
                Cluster.sleep(150);
                for (long key : keys) {
                    cluster.node(1).tell("update", key);
                    cluster.node(1).await("updated");
                }
                Cluster.sleep(300);
            }
            Cluster.sleep(GRACE_MILLIS);
            for (NodeProcess node : cluster.nodes()) {
                for (int round = 0; round < cluster.pace().rounds(); round++) {
                    Cluster.read(node, Read.Kind.WORKLOAD, keys(RACED, round));
                }
            }
        }

        @Override
        String how(Backend backend) {
            return "in rounds of 10 cold keys: one node's loader has read and takes 300 ms to return, another node writes"
                    + " meanwhile";
        }
    },

    /** A node is killed when the database has committed its writes, and before it has told anybody. */
    WRITER_KILLED {
        @Override
        void play(Cluster cluster, Propagation propagation) throws Exception {
            for (int round = 0; round < (cluster.pace().rounds() + 2) / 3; round++) {
                long[] keys = keys(DOOMED, round);
                cluster.warm(keys);
                CountDownLatch committed = cluster.database()
                        .leaveUnanswered(LongStream.of(keys).boxed().collect(Collectors.toUnmodifiableSet()));
                cluster.node(2).tell("doom", keys);
                cluster.node(2).await("writing");
                if (!committed.await(10, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("writes do not reach the database");
                }
                cluster.killAndReplace(2);
            }
        }

        @Override
        String how(Backend backend) {
            return "in rounds of 10 keys that all nodes have near: one node is killed when the database has committed its"
                    + " writes of them and before update goes on, and joins again";
        }
    };

    /** How late a read may be without being stale: Duet's bound, and slack for nodes that share two processors. */
    static final int GRACE_MILLIS = 1_250;

    private static final int AFTERWARDS = 2_000;
    private static final int PER_ROUND = 10;
    private static final long RACED = 2_000;
    private static final long DOOMED = 3_000;

    /** Plays it, while the nodes work. */
    abstract void play(Cluster cluster, Propagation propagation) throws Exception;

    /** What exactly it does to a system with such a second level. */
    abstract String how(Backend backend);

    /** Its name in results. */
    String label() {
        return id().replace('-', ' ');
    }

    /** Its name in options. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Why it does not fit; null if it does. */
    @Nullable
    String unfit(Contestant contestant) {
        return contestant.isCache() || this == CALM
                ? null
                : "no cache: messages alone, the yardstick of propagation while nothing fails";
    }

    private static String server(Backend backend) {
        return backend == Backend.HAZELCAST ? "member's process" : "server";
    }

    private static long[] keys(long first, int round) {
        return LongStream.range(first + (long) round * PER_ROUND, first + (long) (round + 1) * PER_ROUND)
                .toArray();
    }
}
