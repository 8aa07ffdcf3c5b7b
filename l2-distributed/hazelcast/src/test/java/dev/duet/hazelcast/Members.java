package dev.duet.hazelcast;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.duet.hazelcast.internal.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Members of a cluster of their own, in this JVM. */
public final class Members implements BeforeAllCallback, AfterAllCallback, AutoCloseable {

    private final String cluster = "duet-" + UUID.randomUUID();
    private final List<HazelcastInstance> all = new ArrayList<>();
    private final int atFirst;

    /** A cluster of so many members at first. */
    public Members(int atFirst) {
        this.atFirst = atFirst;
    }

    /** A configuration that finds the other members, and nobody else. */
    Config config() {
        Config config = new Config();
        config.setClusterName(cluster);
        Instance.complete(config);
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.max.join.seconds", "10");
        config.getNetworkConfig().setPort(15_701).setPortCount(200);
        config.getNetworkConfig().getJoin().getTcpIpConfig().clear();
        all.stream()
                .filter(member -> member.getLifecycleService().isRunning())
                .forEach(member -> config.getNetworkConfig()
                        .getJoin()
                        .getTcpIpConfig()
                        .addMember("127.0.0.1:"
                                + member.getCluster()
                                        .getLocalMember()
                                        .getAddress()
                                        .getPort()));
        return config;
    }

    String cluster() {
        return cluster;
    }

    HazelcastInstance add() {
        return add(Map.of());
    }

    /** Adds a member that has something in its context. */
    public HazelcastInstance add(Map<String, Object> context) {
        HazelcastInstance member =
                Hazelcast.newHazelcastInstance(config().setUserContext(new ConcurrentHashMap<>(context)));
        all.add(member);
        return member;
    }

    public HazelcastInstance get(int i) {
        return all.get(i);
    }

    String address(int i) {
        return "127.0.0.1:" + get(i).getCluster().getLocalMember().getAddress().getPort();
    }

    ClientConfig clientConfig() {
        ClientConfig config = new ClientConfig();
        config.setClusterName(cluster);
        config.getNetworkConfig().addAddress(address(0));
        config.setProperty("hazelcast.logging.type", "slf4j");
        return config;
    }

    HazelcastInstance client() {
        return HazelcastClient.newHazelcastClient(clientConfig());
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        while (all.size() < atFirst) {
            add();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (context.getRequiredTestClass().getEnclosingClass() == null) { // not after each of its nested ones
            close();
        }
    }

    @Override
    public void close() {
        all.forEach(member -> member.getLifecycleService().terminate());
    }
}
