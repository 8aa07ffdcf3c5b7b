package dev.duet;

import static dev.duet.Cluster.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.duet.Cluster.Member;
import dev.duet.Cluster.User;
import dev.duet.store.Operation.Begin;
import dev.duet.store.Operation.Invalidate;
import dev.duet.store.Operation.Put;
import dev.duet.store.StoreUnavailableException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is asked of a node that is closed, and what is at work while it is being closed (anomaly A48). */
class AfterCloseTest {

    /** The methods that only say what there is, or lead to another facade. */
    private static final Set<String> OBSERVERS =
            Set.of("name", "stats", "async", "synchronous", "pendingWrites", "size", "cache");

    private final Cluster cluster = new Cluster();
    private final RecordingWriter writer = new RecordingWriter(cluster.database);
    private final BatchRecorder batches = new BatchRecorder(cluster.database);
    private final List<String> called = new CopyOnWriteArrayList<>();

    @BeforeEach
    void insert() {
        cluster.commit(1, "v1");
        cluster.commit(2, "w1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @TestFactory
    Stream<DynamicTest> A48_everyMethodOfEveryFacade_closed_throwsAndTouchesNothing() {
        return Stream.of(
                        onFacades("plain", cache -> cache),
                        onFacades(
                                "with a bulk loader",
                                cache -> cache.bulkLoader(keys -> {
                                    called.add("bulkLoader");
                                    return Map.of();
                                })),
                        onFacades("with copies", cache -> cache.copyNearValues()),
                        onFacades(
                                "with timeouts",
                                cache -> cache.softTimeout(Duration.ofMillis(5))
                                        .hardTimeout(Duration.ofMillis(10))
                                        .staleIfError(Duration.ofHours(1))),
                        onFacades("writes through", cache -> cache.writer(writer)),
                        onFacades("writes behind", cache -> cache.writeBehind(WriteBehind.<Long, User>to(batches))))
                .flatMap(tests -> tests);
    }

    private Stream<DynamicTest> onFacades(String what, UnaryOperator<CacheBuilder<Long, User>> settings) {
        Member node = cluster.node(0, settings);
        node.users.get(1L);
        MemoizedFunction<Long, User> memoized = node.duet.memoize("memoized", Long.class, User.class, cluster::select);
        User unused = memoized.apply(1L);
        node.duet.close();
        Stream<DynamicTest> tests = Stream.of(
                        methods(what, node, TwoLevelCache.class, node.users),
                        methods(what, node, AsyncTwoLevelCache.class, node.users.async()),
                        methods(what, node, MemoizedFunction.class, memoized))
                .flatMap(found -> found);
        return what.equals("writes behind")
                ? Stream.concat(tests, methods(what, node, PendingWrites.class, node.users.pendingWrites()))
                : tests;
    }

    private Stream<DynamicTest> methods(String what, Member node, Class<?> type, Object facade) {
        return Arrays.stream(type.getMethods())
                .filter(method -> !method.isDefault() && !OBSERVERS.contains(method.getName()))
                .flatMap(method -> Stream.of(1L, 2L, List.of()).map(argument -> {
                    String name = what + ": " + type.getSimpleName() + "." + method.getName()
                            + Arrays.toString(method.getParameterTypes()) + " of " + argument;
                    return DynamicTest.dynamicTest(name, () -> throwsAndTouchesNothing(node, method, facade, argument));
                }));
    }

    private void throwsAndTouchesNothing(Member node, Method method, Object facade, Object argument) {
        CacheStats before = node.users.stats();
        int operations = node.link.operations().size();
        int loads = cluster.loads.get();
        Map<Long, User> database = Map.copyOf(cluster.database);

        Throwable thrown = catchThrowable(() -> call(method, facade, argument));

        assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessageContaining("this Duet is closed");
        assertThat(called).isEmpty();
        assertThat(writer.calls).isEmpty();
        assertThat(writer.batches).isEmpty();
        assertThat(cluster.loads).hasValue(loads);
        assertThat(cluster.database).isEqualTo(database);
        assertThat(node.link.operations()).hasSize(operations);
        assertThat(node.users.stats()).isEqualTo(before);
    }

    private void call(Method method, Object facade, Object argument) throws Throwable {
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(type -> argument(type, argument))
                .toArray();
        try {
            method.setAccessible(true);
            Object result = method.invoke(facade, arguments);
            if (result instanceof CompletableFuture<?> future) {
                future.join();
            }
        } catch (InvocationTargetException e) {
            assertThat(CompletableFuture.class.isAssignableFrom(method.getReturnType()))
                    .as("an asynchronous method reports it by its future")
                    .isFalse();
            throw e.getCause();
        } catch (CompletionException e) {
            throw e.getCause();
        }
    }

    /** One of a type: the key, the keys, the values, or something that says that it was called. */
    private Object argument(Class<?> type, Object key) {
        boolean none = key instanceof List;
        if (type == Object.class) {
            return none ? 1L : key;
        } else if (type == Collection.class) {
            return none ? List.of() : List.of(key);
        } else if (type == Map.class) {
            return none ? Map.of() : Map.of(key, new User(1, "late", 9));
        } else if (type == Duration.class) {
            return Duration.ZERO;
        }
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            called.add(type.getSimpleName() + "." + method.getName());
            return null;
        });
    }

    @Test
    void A48_observers_closed_goOnAnswering() {
        Member node = cluster.node(0, cache -> cache.writeBehind(WriteBehind.<Long, User>to(batches)));
        node.users.get(1L);
        node.duet.close();
        node.duet.close();

        assertThat(node.users.name()).isEqualTo("users");
        assertThat(node.users.stats().loads()).isEqualTo(1);
        assertThat(node.users.async().synchronous()).isSameAs(node.users);
        assertThat(node.users.pendingWrites().size()).isZero();
        assertThat(node.duet.node()).isEqualTo("n1");
        assertThat(node.duet.health().status()).isEqualTo(Health.Status.CLOSED);
        assertThat(node.duet.stats().outages()).isZero();
    }

    @Test
    void A48_cache_closed_isRefused() {
        Member node = cluster.node();
        CacheBuilder<Long, User> builder = node.duet.cache("late", Long.class, User.class);
        node.duet.close();

        assertThatThrownBy(() -> node.duet.cache("x", Long.class, User.class))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> node.duet.cache("x", Long.class, new TypeRef<User>() {}))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> node.duet.memoize("x", Long.class, User.class, cluster::select))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this Duet is closed (node n1)");
    }

    @Test
    void A48_update_closedMeanwhile_endsAsEver() throws Exception {
        Member n1 = cluster.node();
        Member n2 = cluster.node();
        n1.users.get(1L);
        n2.users.get(1L);

        n1.users.update(1L, () -> {
            n1.duet.close();
            cluster.commit(1, "v2");
        });

        cluster.advance(Duration.ofSeconds(2));
        assertThat(n2.email(1)).isEqualTo("v2");
    }

    @Test
    void A48_beginWrite_closedMeanwhile_closesAsEver() {
        Member n1 = cluster.node();
        Member n2 = cluster.node();
        n2.users.get(1L);
        WriteIntent intent = n1.users.beginWrite(1L);
        n1.duet.close();
        cluster.commit(1, "v2");

        intent.close();
        intent.close();

        cluster.advance(Duration.ofSeconds(2));
        assertThat(n2.email(1)).isEqualTo("v2");
    }

    @Test
    void A48_get_closedMeanwhile_returnsWhatIsLoaded() throws Exception {
        Member node = cluster.node();
        CountDownLatch loading = new CountDownLatch(1);
        node.loadNext(key -> {
            loading.countDown();
            node.duet.close();
            return cluster.select(key);
        });

        assertThat(elsewhere(() -> node.email(1))).isEqualTo("v1");
        assertThat(loading.getCount()).isZero();
        assertThatThrownBy(() -> node.users.get(1L)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void A48_update_closedWhileItIsAnnounced_doesNotWrite() {
        Member node = closedBy(Begin.class, cache -> cache);

        assertThatThrownBy(() -> node.users.update(1L, () -> called.add("write")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this Duet is closed");
        assertThat(called).isEmpty();
    }

    @Test
    void A48_putOfACacheThatWritesThrough_closedWhileItIsAnnounced_doesNotWrite() {
        Member node = closedBy(Begin.class, cache -> cache.writer(writer));

        assertThatThrownBy(() -> node.users.put(1L, new User(1, "v2", 2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this Duet is closed");
        assertThat(writer.calls).isEmpty();
    }

    @Test
    void A48_putAndInvalidate_closedBeforeTheStoreHasThem_say() {
        assertThatThrownBy(() -> closedBy(Put.class, cache -> cache).users.put(1L, new User(1, "v2", 2)))
                .isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(
                        () -> closedBy(Invalidate.class, cache -> cache).users.invalidate(1L))
                .isInstanceOf(StoreUnavailableException.class);
    }

    /** A node that is closed when an operation is about to be sent, which then fails. */
    private Member closedBy(Class<?> operation, UnaryOperator<CacheBuilder<Long, User>> settings) {
        Member node = cluster.node(0, settings);
        node.link.failNext(next -> {
            if (operation.isInstance(next)) {
                node.duet.close();
                return true;
            }
            return false;
        });
        return node;
    }
}
