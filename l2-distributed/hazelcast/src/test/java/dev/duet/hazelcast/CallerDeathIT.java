package dev.duet.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.testkit.JvmProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A caller that is killed in the middle of puts and invalidations leaves each of them done or not done: there is no step
 * between the record, the head, the log and the broadcast.
 */
class CallerDeathIT {

    private static final int PARTITIONS = 4;

    @RegisterExtension
    static final Members members = new Members(2);

    @RepeatedTest(2)
    void caller_thatIsKilled_leavesNoStepHalfDone() throws Exception {
        NamespaceConfig config = new NamespaceConfig("death" + System.nanoTime(), PARTITIONS);
        Namespace namespace = HazelcastStore.using(members.get(1)).open(config, "n1");
        long[] first = namespace.heads().toCompletableFuture().get(10, TimeUnit.SECONDS);
        Map<Integer, Map<Long, Change>> heard = new ConcurrentHashMap<>();
        namespace.subscribe(new Listener(heard)).toCompletableFuture().get(10, TimeUnit.SECONDS);

        try (JvmProcess writer = JvmProcess.start(
                "writer",
                WritingClient.class,
                List.of("-Xmx128m"),
                List.of(members.cluster(), members.address(0), config.name(), Integer.toString(PARTITIONS)))) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> heard.values().stream().mapToInt(Map::size).sum() > 2_000);
            writer.kill();
        }

        // What was on its way is taken, and nothing more comes.
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            long[] heads = namespace.heads().toCompletableFuture().get(10, TimeUnit.SECONDS);
            for (int p = 0; p < PARTITIONS; p++) {
                assertThat(new TreeMap<>(heard.get(p)).lastKey()).isEqualTo(heads[p]);
            }
        });
        Map<RecordKey, Long> newest = new HashMap<>();
        for (int p = 0; p < PARTITIONS; p++) {
            TreeMap<Long, Change> changes = new TreeMap<>(heard.get(p));
            assertThat(changes.lastKey() - first[p]).as("changes without a gap").isEqualTo(changes.size());
            List<Change> log = namespace
                    .changesAfter(p, changes.lastKey() - 100)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            assertThat(log)
                    .containsExactlyElementsOf(
                            changes.tailMap(changes.lastKey() - 100, false).values());
            changes.values().stream()
                    .filter(change -> change.key() != null)
                    .forEach(change -> newest.put(
                            new RecordKey(change.partition(), change.cache(), change.key()), change.version()));
        }
        int hits = 0;
        for (Map.Entry<RecordKey, Long> written : newest.entrySet()) {
            Reading reading = namespace
                    .execute(written.getKey(), new Operation.Read())
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            if (reading instanceof Reading.Hit hit) {
                hits++;
                assertThat(hit.version())
                        .as("the value of the last change of its key")
                        .isEqualTo(written.getValue());
            }
        }
        assertThat(hits).isPositive();
        namespace.close();
    }

    private record Listener(Map<Integer, Map<Long, Change>> heard) implements ChangeListener {
        @Override
        public void onChange(Change change) {
            heard.computeIfAbsent(change.partition(), p -> new ConcurrentSkipListMap<>())
                    .put(change.version(), change);
        }

        @Override
        public void onHint(String cache, String key) {
            // Nobody waits.
        }

        @Override
        public void onUnreadable(String description) {
            throw new AssertionError(description);
        }

        @Override
        public void onSubscribed() {
            // The heads were asked for before.
        }

        @Override
        public void onLost() {
            // Members stay.
        }
    }
}
