package dev.duet.benchmarks.systems;

import dev.duet.hazelcast.HazelcastStore;
import dev.duet.redis.RedisStore;
import org.redisson.api.options.LocalCachedMapOptions.ReconnectionStrategy;

/** The systems with two levels whose nodes tell each other of writes. {@link #start} joins one node of one. */
public enum CacheSystem {
    /** Duet on Redis. */
    DUET_ON_REDIS("Duet on Redis", Backend.REDIS, "defaults (maxStaleness 1 s)") {
        @Override
        public CacheNode start(NodeConfig config) {
            return new DuetNode(RedisStore.connect(config.servers().redis()), config);
        }
    },
    /** Duet on Hazelcast, by a client. */
    DUET_ON_HAZELCAST("Duet on Hazelcast", Backend.HAZELCAST, "defaults (maxStaleness 1 s); a client of one member") {
        @Override
        public CacheNode start(NodeConfig config) {
            return new DuetNode(HazelcastStore.client(HazelcastNode.clientConfig(config.servers())), config);
        }
    },
    /** JetCache on Redisson. */
    JETCACHE_ON_REDISSON("JetCache on Redisson", Backend.REDIS, JetCacheNode.SETTINGS) {
        @Override
        public CacheNode start(NodeConfig config) {
            return JetCacheNode.onRedisson(config);
        }
    },
    /** JetCache on Lettuce. */
    JETCACHE_ON_LETTUCE("JetCache on Lettuce", Backend.REDIS, JetCacheNode.SETTINGS) {
        @Override
        public CacheNode start(NodeConfig config) {
            return JetCacheNode.onLettuce(config);
        }
    },
    /** Redisson's local cached map that clears itself after a reconnect. */
    REDISSON_CLEAR(
            "RLocalCachedMap, CLEAR", Backend.REDIS, LocalCachedMapNode.SETTINGS + ", ReconnectionStrategy.CLEAR") {
        @Override
        public CacheNode start(NodeConfig config) {
            return new LocalCachedMapNode(config, ReconnectionStrategy.CLEAR);
        }
    },
    /** Redisson's local cached map that replays a log after a reconnect. */
    REDISSON_LOAD("RLocalCachedMap, LOAD", Backend.REDIS, LocalCachedMapNode.SETTINGS + ", ReconnectionStrategy.LOAD") {
        @Override
        public CacheNode start(NodeConfig config) {
            return new LocalCachedMapNode(config, ReconnectionStrategy.LOAD);
        }
    },
    /** Redisson's local cached map as it comes: nothing is done after a reconnect. */
    REDISSON_NONE(
            "RLocalCachedMap, NONE",
            Backend.REDIS,
            LocalCachedMapNode.SETTINGS + ", ReconnectionStrategy.NONE (the default)") {
        @Override
        public CacheNode start(NodeConfig config) {
            return new LocalCachedMapNode(config, ReconnectionStrategy.NONE);
        }
    },
    /** The near cache of a Hazelcast client. */
    HAZELCAST_NEAR_CACHE("Hazelcast near cache", Backend.HAZELCAST, HazelcastNode.SETTINGS) {
        @Override
        public CacheNode start(NodeConfig config) {
            return new HazelcastNode(config);
        }
    },
    /** The near cache of Infinispan's Hot Rod client. */
    INFINISPAN_NEAR_CACHE("Infinispan near cache", Backend.INFINISPAN, InfinispanNode.SETTINGS) {
        @Override
        public CacheNode start(NodeConfig config) {
            return new InfinispanNode(config);
        }
    },
    /** What one would write oneself. */
    NAIVE("Naive cache-aside", Backend.REDIS, "Caffeine over GET and SET; DEL and PUBLISH after each write; Redisson") {
        @Override
        public CacheNode start(NodeConfig config) {
            return new NaiveNode(config);
        }
    };

    /** What the second level is. */
    public enum Backend {
        /** A Redis. */
        REDIS,
        /** A Hazelcast cluster. */
        HAZELCAST,
        /** A Hot Rod server of Infinispan. */
        INFINISPAN
    }

    private final String title;
    private final Backend backend;
    private final String settings;

    CacheSystem(String title, Backend backend, String settings) {
        this.title = title;
        this.backend = backend;
        this.settings = settings;
    }

    /** Joins a node. */
    public abstract CacheNode start(NodeConfig config);

    /** What results call it. */
    public String title() {
        return title;
    }

    /** What the second level is. */
    public Backend backend() {
        return backend;
    }

    /** The settings that matter, for the page of results. */
    public String settings() {
        return settings;
    }
}
