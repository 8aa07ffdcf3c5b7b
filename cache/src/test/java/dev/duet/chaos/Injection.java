package dev.duet.chaos;

import dev.duet.testkit.FaultProxy.Connection;
import dev.duet.testkit.FaultProxy.Direction;
import dev.duet.testkit.FaultProxy.HeldBack;
import dev.duet.testkit.RedisServer;
import dev.duet.testkit.history.HistoryEvent;
import dev.duet.testkit.history.HistoryEvent.Effect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.function.Executable;

/** A kind of fault, and how to inject and heal it. When {@link #into} returns, it is healed. */
enum Injection {
    /** The server cuts all subscribers off, each second. */
    SUBSCRIBERS_KILLED {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            for (int i = 0; i < 4; i++) {
                everyNode(cluster, Effect.DISTURBED, () -> cluster.redis().command("CLIENT", "KILL", "TYPE", "pubsub"));
                sleep(Duration.ofSeconds(1));
            }
        }
    },

    /** One node's subscription is open and silent, while its commands work (anomaly A08). */
    SUBSCRIPTION_HALF_OPEN {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            NodeProcess node = cluster.anyNode();
            cluster.inject(this, node.name(), Effect.DISTURBED, () -> {
                node.proxy()
                        .connections(Injection::isSubscribed)
                        .forEach(connection -> connection.halfOpen(Direction.TO_CLIENT));
                sleep(Duration.ofSeconds(5));
                node.proxy().heal();
                node.proxy().drop(Injection::isSubscribed);
            });
        }
    },

    /** All of one node's connections are open and silent. */
    NODE_HALF_OPEN {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            NodeProcess node = cluster.anyBehindProxy();
            cluster.inject(this, node.name(), Effect.CUT_OFF, () -> {
                node.proxy().halfOpen(Direction.TO_CLIENT);
                sleep(Duration.ofSeconds(5));
                node.proxy().heal();
                node.proxy().dropAll();
            });
        }
    },

    /** One node stops for three times the bound, and goes on (anomalies A27, A28). */
    NODE_STOPPED {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            NodeProcess node = cluster.anyBehindProxy();
            cluster.inject(this, node.name(), Effect.STOPPED, () -> {
                node.process().pause();
                sleep(cluster.terms().bound().multipliedBy(3));
                node.process().resume();
            });
        }
    },

    /** A writer dies while its announcement is on the way. */
    WRITER_KILLED_BEFORE_BEGIN {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            try (NodeProcess node = cluster.joinMortal()) {
                cluster.inject(this, node.name(), Effect.KILLED, () -> {
                    node.proxy().halfOpen(Direction.TO_SERVER);
                    update(cluster, node, DeathStep.BEFORE_BEGIN);
                    node.tell("go");
                    sleep(ON_ITS_WAY);
                    node.process().kill();
                });
            }
        }
    },

    /** A writer dies after its announcement, in its transaction. */
    WRITER_KILLED_BEFORE_COMMIT {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            killAt(cluster, DeathStep.BEFORE_COMMIT);
        }
    },

    /** A writer dies after its commit (anomaly A12). */
    WRITER_KILLED_AFTER_COMMIT {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            killAt(cluster, DeathStep.AFTER_COMMIT);
        }
    },

    /** A writer dies while its completion is on the way. */
    WRITER_KILLED_BEFORE_COMPLETE {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            try (NodeProcess node = cluster.joinMortal()) {
                cluster.inject(this, node.name(), Effect.KILLED, () -> {
                    update(cluster, node, DeathStep.BEFORE_COMPLETE);
                    node.proxy().halfOpen(Direction.TO_SERVER);
                    node.tell("go");
                    sleep(ON_ITS_WAY);
                    node.process().kill();
                });
            }
        }
    },

    /** A writer dies as soon as its call has returned. */
    WRITER_KILLED_AFTER_COMPLETE {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            killAt(cluster, DeathStep.AFTER_COMPLETE);
        }
    },

    /** Redis stops answering for a while. */
    REDIS_PAUSED {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            everyNode(cluster, Effect.CUT_OFF, () -> {
                cluster.redis().pause();
                sleep(Duration.ofSeconds(3));
                cluster.redis().resume();
            });
        }
    },

    /** Redis dies, and comes back empty. */
    REDIS_RESTARTED_EMPTY {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            everyNode(cluster, Effect.CUT_OFF, () -> {
                cluster.redis().kill();
                sleep(Duration.ofSeconds(2));
                cluster.redis().restart(RedisServer.Data.EMPTY);
            });
        }
    },

    /** Redis dies, and comes back with what it held some time before (anomaly A17). */
    REDIS_RESTARTED_FROM_OLD_SNAPSHOT {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            Path snapshot = cluster.directory().resolve("dump.rdb");
            cluster.redis().snapshotTo(snapshot);
            sleep(Duration.ofSeconds(3));
            everyNode(cluster, Effect.WENT_BACK, () -> {
                cluster.redis().kill();
                sleep(Duration.ofSeconds(1));
                cluster.redis().restartFrom(snapshot);
            });
        }
    },

    /** Others fill Redis, so that it evicts whatever was not used for longest, control records too (anomaly A31). */
    REDIS_OUT_OF_MEMORY {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            everyNode(cluster, Effect.DISTURBED, () -> cluster.noteEvictedKeys(MemoryPressure.on(cluster.redis())));
        }
    },

    /** Each command takes 100 ms longer, each message 50 ms. */
    LATENCY {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            everyNode(cluster, Effect.DISTURBED, () -> {
                cluster.nodes().forEach(node -> node.proxy().delay(Duration.ofMillis(50)));
                sleep(Duration.ofSeconds(3));
                cluster.nodes().forEach(node -> node.proxy().heal());
            });
        }
    },

    /** The clock of Redis is set back: in small steps, each shorter than any term, and by an hour (anomaly A43). */
    CLOCK_BACK {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            everyNode(cluster, Effect.DISTURBED, () -> {
                for (int i = 0; i < 3; i++) {
                    cluster.redis().stepClock(Duration.ofMillis(-800));
                    sleep(Duration.ofMillis(850));
                }
                cluster.redis().stepClock(Duration.ofHours(-1));
                sleep(Duration.ofSeconds(1));
            });
        }
    },

    /** The clock of Redis is set forward by an hour: everything that is stored ends (anomaly A43). */
    CLOCK_FORWARD {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            everyNode(cluster, Effect.DISTURBED, () -> {
                cluster.redis().stepClock(Duration.ofHours(1));
                sleep(Duration.ofSeconds(1));
            });
        }
    },

    /** What one node was sending arrives when it has long given that up, and has written again (anomaly A44). */
    LATE_BYTES {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            NodeProcess node = cluster.anyBehindProxy();
            cluster.inject(this, node.name(), Effect.CUT_OFF, () -> {
                List<HeldBack> late = node.proxy().connections().stream()
                        .map(Connection::holdBack)
                        .toList();
                sleep(Duration.ofSeconds(3));
                late.forEach(HeldBack::release);
                sleep(Duration.ofSeconds(1));
                node.proxy().dropAll();
            });
        }
    },

    /** A member of Hazelcast's cluster dies, with its part of the store, under reads and writes. */
    MEMBER_KILLED {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            try (NodeProcess member = cluster.joinMortalMember()) {
                sleep(Duration.ofSeconds(3)); // until it has its part, and that its backups
                everyNode(
                        cluster,
                        Effect.CUT_OFF,
                        () -> cluster.inject(this, member.name(), Effect.KILLED, () -> {
                            member.process().kill();
                            sleep(Duration.ofSeconds(3));
                        }));
            }
        }
    },

    /** A member of Hazelcast's cluster stops for three times the bound, and its part of the store with it. */
    MEMBER_STOPPED {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            NodeProcess member = cluster.anyMember();
            everyNode(
                    cluster,
                    Effect.CUT_OFF,
                    () -> cluster.inject(this, member.name(), Effect.STOPPED, () -> {
                        member.process().pause();
                        sleep(cluster.terms().bound().multipliedBy(3));
                        member.process().resume();
                    }));
        }
    },

    /** All members of Hazelcast's cluster are replaced, one after the other. */
    MEMBERS_RESTARTED {
        @Override
        void into(ChaosCluster cluster) throws Throwable {
            everyNode(cluster, Effect.CUT_OFF, cluster::restartMembers);
        }
    };

    /** What can be done to nodes on Redis. */
    static final Set<Injection> ON_REDIS =
            EnumSet.complementOf(EnumSet.of(MEMBER_KILLED, MEMBER_STOPPED, MEMBERS_RESTARTED));

    /** What can be done to nodes on Hazelcast: what is not done to Redis, or to a subscription of its own. */
    static final Set<Injection> ON_HAZELCAST = EnumSet.complementOf(EnumSet.of(
            SUBSCRIBERS_KILLED,
            SUBSCRIPTION_HALF_OPEN,
            REDIS_PAUSED,
            REDIS_RESTARTED_EMPTY,
            REDIS_RESTARTED_FROM_OLD_SNAPSHOT,
            REDIS_OUT_OF_MEMORY,
            CLOCK_BACK,
            CLOCK_FORWARD,
            LATE_BYTES));

    /** Long enough for a command to be sent, shorter than any timeout. */
    private static final Duration ON_ITS_WAY = Duration.ofMillis(100);

    /** Injects it into a cluster, heals it, and returns then. */
    abstract void into(ChaosCluster cluster) throws Throwable;

    /** Its name in histories and summaries. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    void everyNode(ChaosCluster cluster, Effect effect, Executable fault) throws Throwable {
        cluster.inject(this, HistoryEvent.EVERY_NODE, effect, fault);
    }

    void killAt(ChaosCluster cluster, DeathStep step) throws Throwable {
        try (NodeProcess node = cluster.joinMortal()) {
            cluster.inject(this, node.name(), Effect.KILLED, () -> {
                update(cluster, node, step);
                node.process().kill();
            });
        }
    }

    private static boolean isSubscribed(Connection connection) {
        return connection.sent().contains("SUBSCRIBE");
    }

    private static void update(ChaosCluster cluster, NodeProcess node, DeathStep step) {
        node.ask("update " + step + " " + cluster.popularKey(), "at " + step);
    }

    private static void sleep(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }
}
