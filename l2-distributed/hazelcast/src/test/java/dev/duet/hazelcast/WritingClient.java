package dev.duet.hazelcast;

import com.hazelcast.client.config.ClientConfig;
import dev.duet.store.Content;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.RecordKey;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** A process that puts, invalidates and invalidates everything as fast as it can, until it is killed. */
final class WritingClient {

    private WritingClient() {}

    /** Takes the cluster's name, the address of a member, the namespace and its partitions. */
    public static void main(String[] args) throws Exception {
        ClientConfig client = new ClientConfig().setClusterName(args[0]);
        client.getNetworkConfig().addAddress(args[1]);
        NamespaceConfig config = new NamespaceConfig(args[2], Integer.parseInt(args[3]));
        Namespace namespace = HazelcastStore.client(client).open(config, "writer");
        AtomicLong under = new AtomicLong();
        System.out.println("writing");
        for (long i = 0; true; i++) {
            while (under.get() > 200) {
                Thread.onSpinWait();
            }
            under.incrementAndGet();
            RecordKey key = config.recordKey("users", "k" + i % 50);
            byte[] bytes = Long.toString(i).getBytes(StandardCharsets.UTF_8);
            if (i % 500 == 499) {
                namespace.invalidateAll("users").whenComplete((floors, failure) -> under.decrementAndGet());
            } else {
                Operation<?> operation = i % 3 == 0
                        ? new Operation.Invalidate()
                        : new Operation.Put(new Content(Payload.of(bytes), Content.FOREVER, 0));
                namespace.execute(key, operation).whenComplete((reply, failure) -> under.decrementAndGet());
            }
        }
    }
}
