package dev.duet.chaos;

import dev.duet.testkit.RedisServer;
import java.time.Duration;

/** A kind of fault for nodes that write behind, and how to inject and heal it. When {@link #into} returns, it is healed. */
enum BehindFault {
    /** Any node dies, and is started again. */
    NODE_KILLED {
        @Override
        void into(BehindCluster cluster) throws Exception {
            cluster.killAndStart(cluster.anyNode());
        }
    },

    /** The node dies that makes the most writes, and is started again. */
    FLUSHER_KILLED {
        @Override
        void into(BehindCluster cluster) throws Exception {
            cluster.killAndStart(cluster.flusher());
        }
    },

    /** It stands still for longer than its lease, and goes on. */
    FLUSHER_STOPPED {
        @Override
        void into(BehindCluster cluster) throws Exception {
            NodeProcess node = cluster.flusher();
            node.process().pause();
            sleep(BehindNode.LEASE_TERM.plusMillis(1_500));
            node.process().resume();
        }
    },

    /** It does not reach the database, which the others do. */
    FLUSHER_CUT {
        @Override
        void into(BehindCluster cluster) throws Exception {
            NodeProcess node = cluster.flusher();
            node.proxy().cut();
            sleep(Duration.ofSeconds(2));
            node.proxy().heal();
        }
    },

    /** Its connections to the database break, and new ones can be had. */
    FLUSHER_BLIP {
        @Override
        void into(BehindCluster cluster) throws Exception {
            NodeProcess node = cluster.flusher();
            for (int i = 0; i < 10; i++) {
                node.proxy().dropAll();
                sleep(Duration.ofMillis(100));
            }
        }
    },

    /** The database crashes, and is started again. */
    DATABASE_KILLED {
        @Override
        void into(BehindCluster cluster) throws Exception {
            cluster.postgres().kill();
            sleep(Duration.ofSeconds(2));
            cluster.postgres().restart();
        }
    },

    /** Redis dies, and is started again with its append-only file. */
    REDIS_KILLED {
        @Override
        void into(BehindCluster cluster) throws Exception {
            cluster.redis().kill();
            sleep(Duration.ofSeconds(1));
            cluster.redis().restart(RedisServer.Data.KEEP);
        }
    },

    /** Everything that is acknowledged is in Redis alone when that dies, and a node with it. */
    ALL_KILLED {
        @Override
        void into(BehindCluster cluster) throws Exception {
            NodeProcess node = cluster.anyNode();
            cluster.postgres().kill();
            sleep(Duration.ofSeconds(1));
            cluster.redis().kill();
            node.process().kill();
            sleep(Duration.ofMillis(500));
            cluster.redis().restart(RedisServer.Data.KEEP);
            sleep(Duration.ofSeconds(1));
            cluster.postgres().restart();
            cluster.killAndStart(node);
        }
    };

    /** Injects it into a cluster, heals it, and returns then. */
    abstract void into(BehindCluster cluster) throws Exception;

    private static void sleep(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }
}
