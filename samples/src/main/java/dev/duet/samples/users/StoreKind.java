package dev.duet.samples.users;

import com.hazelcast.config.Config;
import dev.duet.hazelcast.HazelcastStore;
import dev.duet.redis.RedisStore;
import dev.duet.store.Store;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the nodes share: a Redis, or what they are themselves, the members of a Hazelcast cluster. */
enum StoreKind {
    REDIS("Redis"),
    HAZELCAST("Hazelcast");

    private final String label;

    StoreKind(String label) {
        this.label = label;
    }

    /** Its name, as one writes it. */
    String label() {
        return label;
    }

    /**
     * The store of an option such as {@code --store=hazelcast}.
     *
     * @throws IllegalArgumentException if there is no such store; the message names those that there are
     */
    static StoreKind of(String option) {
        String name = option.substring(option.indexOf('=') + 1);
        return Arrays.stream(values())
                .filter(kind -> kind.option().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--store must be one of "
                        + Arrays.stream(values()).map(StoreKind::option).collect(Collectors.joining(", ")) + ", but is "
                        + name));
    }

    private String option() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The store of a node.
     *
     * @param uri {@code redis://127.0.0.1:6379}; or {@code hazelcast://127.0.0.1:5701,127.0.0.1:5702}, the addresses of all
     *     members, this node's first
     */
    static Store open(String uri) {
        String scheme = "hazelcast://";
        if (!uri.startsWith(scheme)) {
            return RedisStore.connect(uri);
        }
        List<String> members = List.of(uri.substring(scheme.length()).split(",", -1));
        Config config = new Config().setClusterName("story");
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        String own = members.get(0);
        config.getNetworkConfig()
                .setPort(Integer.parseInt(own.substring(own.lastIndexOf(':') + 1)))
                .setPortAutoIncrement(false);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true).setMembers(members);
        return HazelcastStore.embedded(config);
    }
}
