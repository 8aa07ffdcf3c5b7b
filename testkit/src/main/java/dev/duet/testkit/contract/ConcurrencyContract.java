package dev.duet.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Change;
import dev.duet.store.LeaseReply;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.RecordKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Operations are atomic, whoever else is at work. */
abstract class ConcurrencyContract {

    private static final int THREADS = 4;

    private final StoreContract contract;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final List<ContractNode> nodes = new ArrayList<>();

    ConcurrencyContract(StoreContract contract) {
        this.contract = contract;
    }

    @BeforeEach
    void join() {
        NamespaceConfig config = StoreContract.fresh(2);
        nodes.add(contract.join(config, "n1"));
        nodes.add(contract.join(config, "n2"));
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void lease_wantedByMany_isGrantedToOne() throws Exception {
        for (int round = 0; round < 25; round++) {
            RecordKey key = nodes.get(0).key("users", "k" + round);
            List<LeaseReply> replies = each(thread -> nodes.get(thread % 2).lease(key, "loader" + thread));

            assertThat(replies).filteredOn(LeaseReply.Granted.class::isInstance).hasSize(1);
        }
    }

    @Test
    void changes_byMany_eachGetAVersionOfTheirOwn() throws Exception {
        long[] before = nodes.get(0).heads();
        List<List<Long>> versions = each(thread -> {
            List<Long> mine = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                mine.add(nodes.get(thread % 2)
                        .put(nodes.get(0).key("users", "only"), "v")
                        .version());
            }
            return mine;
        });

        int partition = nodes.get(0).key("users", "only").partition();
        List<Long> expected = LongStream.rangeClosed(before[partition] + 1, before[partition] + 50L * THREADS)
                .boxed()
                .toList();
        assertThat(versions.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(versions).allSatisfy(mine -> assertThat(mine).isSorted());
        assertThat(nodes.get(1).changesAfter(partition, before[partition]))
                .extracting(Change::version)
                .containsExactlyElementsOf(expected);
    }

    @Test
    void heads_growByTheNumberOfChanges() throws Exception {
        long before = LongStream.of(nodes.get(0).heads()).sum();
        each(thread -> {
            for (int i = 0; i < 50; i++) {
                nodes.get(thread % 2).invalidate(nodes.get(0).key("users", "k" + i));
            }
            return nodes.get(thread % 2).invalidateAll("users");
        });

        assertThat(LongStream.of(nodes.get(1).heads()).sum()).isEqualTo(before + THREADS * (50 + 2));
    }

    @Test
    void writersThatOverlap_neverLeaveAValueOfTwo() throws Exception {
        for (int round = 0; round < 10; round++) {
            RecordKey key = nodes.get(0).key("users", "w" + round);
            each(thread -> nodes.get(thread % 2).begin(key, "w" + thread));

            List<Boolean> stored = each(thread -> nodes.get(thread % 2)
                    .complete(key, "w" + thread, "v" + thread)
                    .stored());

            assertThat(stored).containsOnly(false);
            assertThat(nodes.get(0).see(key)).isEqualTo("missing");
        }
    }

    private interface Work<T> {
        T run(int thread) throws Exception;
    }

    private <T> List<T> each(Work<T> work) throws InterruptedException, ExecutionException {
        List<Callable<T>> all = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            all.add(() -> work.run(thread));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : threads.invokeAll(all)) {
            results.add(future.get());
        }
        return results;
    }
}
