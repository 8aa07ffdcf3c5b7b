package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duet.store.InMemoryStore;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What readers do to their threads while they wait. */
class ReaderThreadsTest {

    private final Duet duet = Duet.builder()
            .store(InMemoryStore.create())
            .maxStaleness(Duration.ofMinutes(5)) // so long may a load be joined, however slowly the threads start
            .build();
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger loads = new AtomicInteger();
    private final TwoLevelCache<Long, String> cache =
            duet.cache("slow", Long.class, String.class).loader(this::load).build();

    @AfterEach
    void close() {
        go.countDown();
        duet.close();
    }

    private String load(Long key) throws InterruptedException {
        loads.incrementAndGet();
        loading.countDown();
        assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
        return "loaded";
    }

    /** Virtual threads where there are such. */
    private static ExecutorService threads() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException | UnsupportedOperationException e) {
            return Executors.newCachedThreadPool();
        }
    }

    @Test
    void get_manyWaitForOneLoad_noneOfThemHoldsALock() throws Exception {
        Set<Long> ids = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<String>> readers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            CompletableFuture<String> reader = new CompletableFuture<>();
            readers.add(reader);
            Thread thread = new Thread(() -> {
                ids.add(Thread.currentThread().getId());
                reader.complete(cache.get(1L));
            });
            thread.setDaemon(true);
            thread.start();
        }
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
        await().until(() -> cache.stats().joined() == 49);
        await().until(() -> infos(ids).stream()
                .allMatch(info -> info.getThreadState() != Thread.State.RUNNABLE
                        && info.getThreadState() != Thread.State.BLOCKED));

        List<ThreadInfo> waiting = infos(ids);

        assertThat(waiting).hasSize(50);
        assertThat(waiting).allSatisfy(info -> {
            assertThat(info.getLockedMonitors()).isEmpty();
            assertThat(info.getLockedSynchronizers()).isEmpty();
        });
        go.countDown();
        readers.forEach(reader ->
                assertThat(reader).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("loaded"));
        assertThat(loads).hasValue(1);
    }

    private static List<ThreadInfo> infos(Set<Long> ids) {
        return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true))
                .filter(info -> ids.contains(info.getThreadId()))
                .toList();
    }

    @Test
    void get_twoThousandReadersOfOneKey_loadOnce() throws Exception {
        ExecutorService executor = threads();
        try {
            List<CompletableFuture<String>> readers = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                readers.add(CompletableFuture.supplyAsync(() -> cache.get(1L), executor));
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> cache.stats().joined() == 1_999);

            go.countDown();

            assertThat(CompletableFuture.allOf(readers.toArray(new CompletableFuture<?>[0])))
                    .succeedsWithin(Duration.ofSeconds(30));
            assertThat(readers).allMatch(reader -> reader.join().equals("loaded"));
            assertThat(loads).hasValue(1);
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void asyncGet_twoThousandReaders_takeOneThreadForTheLoadAlone() throws Exception {
        List<CompletableFuture<String>> readers = new ArrayList<>();
        readers.add(cache.async().get(1L));
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
        long workers = workers();

        for (int i = 0; i < 2_000; i++) {
            readers.add(cache.async().get(1L));
        }

        assertThat(workers()).isLessThanOrEqualTo(workers);
        go.countDown();
        readers.forEach(reader ->
                assertThat(reader).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("loaded"));
        assertThat(loads).hasValue(1);
    }

    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("duet-worker"))
                .count();
    }
}
