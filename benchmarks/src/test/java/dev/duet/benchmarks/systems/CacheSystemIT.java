package dev.duet.benchmarks.systems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.duet.testkit.JvmProcess;
import dev.duet.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether each system is set up as it is meant to be: two levels, and nodes that tell each other. */
class CacheSystemIT {

    private static RedisServer redis;
    private static HazelcastInstance member;
    private static InfinispanServer infinispan;

    @BeforeAll
    static void startServers() {
        redis = RedisServer.start();
        member = Hazelcast.newHazelcastInstance(HazelcastNode.memberConfig("systems"));
        infinispan = InfinispanServer.start(0);
    }

    @AfterAll
    static void stopServers() {
        infinispan.close();
        member.shutdown();
        redis.close();
    }

    private static NodeConfig config(CacheSystem system, AtomicInteger loads) {
        Servers servers = switch (system.backend()) {
            case REDIS -> Servers.redis(redis.uri());
            case HAZELCAST ->
                Servers.hazelcast(
                        "127.0.0.1:"
                                + member.getCluster()
                                        .getLocalMember()
                                        .getAddress()
                                        .getPort(),
                        "systems");
            case INFINISPAN -> infinispan.servers();
        };
        return new NodeConfig(servers, 1_000, Duration.ofMinutes(10), key -> {
            loads.incrementAndGet();
            return "loaded " + key;
        });
    }

    @ParameterizedTest
    @EnumSource
    void aWrite_ofAnotherNode_reachesTheNearCache(CacheSystem system) {
        redis.command("FLUSHALL");
        member.getMap(NodeConfig.CACHE).clear();
        infinispan.clear();
        AtomicInteger loads = new AtomicInteger();
        try (CacheNode writer = system.start(config(system, loads));
                CacheNode reader = system.start(config(system, loads))) {
            assertThat(reader.get(1L)).isEqualTo("loaded 1");
            assertThat(writer.get(1L)).isEqualTo("loaded 1");
            assertThat(loads).as("loads").hasValue(1);
            reader.get(1L);
            assertThat(reader.isNear(1L)).isTrue();

            writer.put(1L, "put");
            assertThat(writer.get(1L)).isEqualTo("put");
            await().atMost(Duration.ofSeconds(5)).until(() -> "put".equals(reader.get(1L)));

            writer.invalidate(1L);
            await().atMost(Duration.ofSeconds(5)).until(() -> "loaded 1".equals(reader.get(1L)));

            writer.update(1L, () -> {});
            assertThat(writer.getAll(List.of(1L, 2L))).isEqualTo(Map.of(1L, "loaded 1", 2L, "loaded 2"));
        }
    }

    @Test
    void anInfinispanServer_inAProcessOfItsOwn_printsWhereItListens() {
        try (JvmProcess server =
                JvmProcess.start("infinispan", InfinispanServer.class, List.of("-Xmx128m"), List.of())) {
            String port = await().atMost(Duration.ofMinutes(1))
                    .until(
                            () -> server.output()
                                    .lines()
                                    .filter(line -> line.matches("\\d+"))
                                    .findFirst(),
                            Optional::isPresent)
                    .orElseThrow();
            NodeConfig config =
                    new NodeConfig(Servers.infinispan("127.0.0.1:" + port), 1_000, Duration.ofMinutes(10), null);
            try (CacheNode node = CacheSystem.INFINISPAN_NEAR_CACHE.start(config)) {
                node.put(1L, "put");
                assertThat(node.get(1L)).isEqualTo("put");
                assertThat(node.isNear(1L)).isTrue();
            }
        }
    }
}
