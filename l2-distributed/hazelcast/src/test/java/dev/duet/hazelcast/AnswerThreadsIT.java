package dev.duet.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An answer costs no thread of its own, and does not stop a member's steps. */
class AnswerThreadsIT {

    private static final NamespaceConfig CONFIG = new NamespaceConfig("answers", 8);

    @RegisterExtension
    static final Members members = new Members(1);

    @Test
    void answer_toAClient_isTakenWhereItArrives() throws Exception {
        HazelcastInstance client = members.client();

        assertThat(threads(client)).isNotEmpty().allMatch(name -> name.startsWith("hz."));

        client.shutdown();
    }

    @Test
    void answer_toAMember_isTakenOnAThreadOfTheStore() throws Exception {
        assertThat(threads(members.get(0))).isNotEmpty().allMatch(name -> name.equals("duet-hazelcast"));
    }

    /** On which threads stages complete, but for those that were complete before anything depended on them. */
    private static Set<String> threads(HazelcastInstance instance) throws Exception {
        Namespace namespace = HazelcastStore.using(instance).open(CONFIG, "n1");
        Thread caller = Thread.currentThread();
        Set<String> threads = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 200; i++) {
            namespace
                    .execute(CONFIG.recordKey("users", "k" + i), new Operation.Read())
                    .thenAccept(reply -> {
                        if (Thread.currentThread() != caller) {
                            threads.add(Thread.currentThread().getName());
                        }
                    })
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        }
        return threads;
    }
}
