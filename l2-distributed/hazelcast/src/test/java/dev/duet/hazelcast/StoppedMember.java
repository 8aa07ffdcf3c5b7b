package dev.duet.hazelcast;

import com.hazelcast.config.Config;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleListener;
import dev.duet.hazelcast.internal.Instance;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.PendingWrite;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A member in a process of its own, which makes what is pending as soon as it has been stopped, and says so. */
final class StoppedMember {

    private static final long STOPPED = TimeUnit.SECONDS.toNanos(2);

    private static final AtomicInteger MADE = new AtomicInteger();

    private StoppedMember() {}

    /** Takes the cluster's name, the namespace, its partitions, and the addresses of the other members; properties are inherited. */
    public static void main(String[] args) throws Exception {
        Config config = new Config().setClusterName(args[0]);
        Instance.complete(config);
        Map.of("hazelcast.max.no.heartbeat.seconds", args[3], "hazelcast.merge.first.run.delay.seconds", "2")
                .forEach(config::setProperty);
        config.getNetworkConfig().setPort(15_701).setPortCount(200);
        config.getNetworkConfig().getJoin().getTcpIpConfig().clear();
        for (String member : args[4].split(",", -1)) {
            config.getNetworkConfig().getJoin().getTcpIpConfig().addMember(member);
        }
        AtomicBoolean awake = new AtomicBoolean();
        config.addListenerConfig(new ListenerConfig((LifecycleListener) event -> {
            if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
                System.out.println("joined again, awake: " + awake.get() + ", made: " + MADE.get());
            }
        }));
        NamespaceConfig namespaceConfig = new NamespaceConfig(args[1], Integer.parseInt(args[2]));
        Namespace namespace = HazelcastStore.embedded(config).open(namespaceConfig, "stopped");
        System.out.println("joined");
        long before = System.nanoTime();
        while (System.nanoTime() - before < STOPPED) {
            before = System.nanoTime();
            Thread.sleep(10);
        }
        awake.set(true);
        while (true) {
            make(namespace);
            Thread.sleep(10);
        }
    }

    private static void make(Namespace namespace) {
        List<Integer> all =
                IntStream.range(0, namespace.config().partitions()).boxed().toList();
        for (CompletionStage<PendingOperation.Claim> claim : namespace.claim("users", all, "zombie", 1_000_000, 10)) {
            try {
                for (PendingWrite write : claim.toCompletableFuture().join().due()) {
                    MADE.incrementAndGet();
                    namespace
                            .execute(write.key(), new PendingOperation.Flushed(write.version(), false))
                            .toCompletableFuture()
                            .join();
                }
            } catch (RuntimeException e) {
                // As of a flusher whose store is down.
            }
        }
    }
}
