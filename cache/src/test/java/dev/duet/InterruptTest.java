package dev.duet;

import static dev.duet.Cluster.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.CacheException;
import dev.duet.store.Operation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Threads that are interrupted while they load or wait. */
class InterruptTest {

    private static final long ID = 456;

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();

    @BeforeEach
    void insert() {
        cluster.commit(ID, "v1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    /** A thread that reads, what it got, and whether it was interrupted afterwards. */
    private static final class Reader {
        final AtomicReference<Object> outcome = new AtomicReference<>();
        final AtomicBoolean interrupted = new AtomicBoolean();
        final Thread thread;

        Reader(TwoLevelCache<Long, User> cache) {
            thread = new Thread(() -> {
                try {
                    outcome.set(cache.get(ID));
                } catch (Throwable e) {
                    outcome.set(e);
                }
                interrupted.set(Thread.currentThread().isInterrupted());
            });
            thread.setDaemon(true);
            thread.start();
        }

        Object outcome() throws InterruptedException {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
            return outcome.get();
        }
    }

    private static void awaitJoined(Member node, int readers) {
        await().until(() -> node.users.stats().joined() == readers);
    }

    @Test
    void loaderInterrupted_failsAsItselfWithTheFlagRestoredAndTheLeaseReleased() throws Exception {
        InterruptedException stop = new InterruptedException("stop");
        n1.loadNext(key -> {
            throw stop;
        });

        Reader reader = new Reader(n1.users);

        assertThat(reader.outcome()).isSameAs(stop);
        assertThat(reader.interrupted).isTrue();
        long before = cluster.storeMicros.get();
        assertThat(n2.email(ID)).isEqualTo("v1");
        assertThat(cluster.storeMicros).hasValue(before);
    }

    @Test
    void loaderInterrupted_thoseWhoJoinedAreNotInterrupted() throws Exception {
        InterruptedException stop = new InterruptedException("stop");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        n1.loadNext(key -> {
            begun.countDown();
            assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
            throw stop;
        });
        Reader loading = new Reader(n1.users);
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        Reader joined = new Reader(n1.users);
        CompletableFuture<User> async = n1.users.async().get(ID);
        awaitJoined(n1, 2);

        go.countDown();

        assertThat(loading.outcome()).isSameAs(stop);
        assertThat(joined.outcome()).isInstanceOfSatisfying(CacheException.class, e -> {
            assertThat(e).hasMessageContaining("interrupted").hasMessageContaining("users");
            assertThat(e).hasCause(stop);
        });
        assertThat(joined.interrupted).isFalse();
        assertThatThrownBy(async::join).hasCause(stop);
    }

    @Test
    void loaderInterrupted_staleIsNotServed() throws Exception {
        Member n3 = cluster.node(0, settings -> settings.staleIfError(Duration.ofHours(1)));
        n3.email(ID);
        cluster.advance(Cluster.TTL);
        InterruptedException stop = new InterruptedException("stop");
        n3.loadNext(key -> {
            throw stop;
        });

        assertThat(new Reader(n3.users).outcome()).isSameAs(stop);
        assertThat(n3.users.stats().staleServed()).isZero();
    }

    @Test
    void A44_putThatIsInterrupted_isInvalidatedOnceItHasArrived() throws Exception {
        n1.link.delay(Duration.ofMillis(300));
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread writer = new Thread(() -> {
            try {
                n1.users.put(ID, new User(ID, "v1", 1));
            } catch (CacheException e) {
                outcome.set(e);
            }
        });
        writer.start();
        await().until(() ->
                writer.getState() == Thread.State.WAITING || writer.getState() == Thread.State.TIMED_WAITING);
        writer.interrupt();
        writer.join(10_000);
        assertThat(outcome.get()).isInstanceOf(CacheException.class);

        n2.users.update(ID, () -> cluster.commit(ID, "v2"));

        await().until(() -> n1.link.operations().stream().anyMatch(Operation.Invalidate.class::isInstance));
        n1.link.delay(Duration.ZERO);
        await().untilAsserted(() -> assertThat(n2.users.get(ID).email()).isEqualTo("v2"));
        assertThat(n1.users.get(ID).email()).isEqualTo("v2");
    }

    @Test
    void callerInterruptedWhileItJoins_leavesWithTheFlagAndTheLoadGoesOn() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        n1.loadNext(key -> {
            begun.countDown();
            assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
            return cluster.select(key);
        });
        Reader loading = new Reader(n1.users);
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        Reader joined = new Reader(n1.users);
        Reader other = new Reader(n1.users);
        awaitJoined(n1, 2);

        joined.thread.interrupt();

        assertThat(joined.outcome())
                .isInstanceOfSatisfying(
                        CacheException.class,
                        e -> assertThat(e)
                                .hasMessageContaining("interrupted while waiting for cache 'users'")
                                .hasCauseInstanceOf(InterruptedException.class));
        assertThat(joined.interrupted).isTrue();
        go.countDown();
        assertThat(loading.outcome()).isEqualTo(new User(ID, "v1", 1));
        assertThat(other.outcome()).isEqualTo(new User(ID, "v1", 1));
    }

    @Test
    void callerInterruptedBeforeItsLoad_leavesAndTheLoadGoesOnForOthers() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        TwoLevelCache<Long, User> cache = n1.duet
                .cache("later", Long.class, User.class)
                .asyncLoader((key, executor) -> {
                    waits.countDown();
                    return answer;
                })
                .build();
        Reader first = new Reader(cache);
        assertThat(waits.await(10, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<User> second = cache.async().get(ID);

        first.thread.interrupt();
        assertThat(first.outcome()).isInstanceOf(CacheException.class);
        answer.complete(new User(ID, "later", 1));

        assertThat(second).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(new User(ID, "later", 1));
        assertThat(cache.getIfPresent(ID)).isEqualTo(new User(ID, "later", 1));
    }

    private final CompletableFuture<User> answer = new CompletableFuture<>();

    @Test
    void callerInterruptedBefore_nearHitIsServed() throws Exception {
        n1.email(ID);

        assertThat(elsewhere(() -> {
                    Thread.currentThread().interrupt();
                    return n1.email(ID);
                }))
                .isEqualTo("v1");
    }
}
