package dev.duet.redis;

import static dev.duet.redis.Redises.put;
import static dev.duet.redis.Redises.see;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.duet.store.CacheException;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreUnavailableException;
import dev.duet.testkit.RedisServer;
import dev.duet.testkit.contract.RecordingListener;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.MalformedURLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Connecting: what works, and what is said when it does not. */
class RedisStoreConnectIT {

    private static final String SECRET = "s3cr:t/@ +%ü";
    private static final String ENCODED = "s3cr%3At%2F%40%20+%25%C3%BC";

    private static RedisServer open;
    private static RedisServer guarded;

    @BeforeAll
    static void start() {
        open = RedisServer.start();
        guarded = RedisServer.builder().password(SECRET).start();
    }

    @AfterAll
    static void stop() {
        guarded.close();
        open.close();
    }

    private static String at(RedisServer server, String login, String rest) {
        return "redis://" + login + "127.0.0.1:" + server.port() + rest;
    }

    /** Fails if connecting and opening works, or takes longer than a user would wait. */
    private static Throwable refusal(String uri) {
        long start = System.nanoTime();
        Throwable failure = catchThrowable(() -> {
            try (RedisStore store = RedisStore.connect(uri)) {
                store.open(NamespaceConfig.defaults(), "n1");
            }
        });
        assertThat(failure).as("connect to %s", uri).isInstanceOf(CacheException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString())
                .doesNotContain(SECRET)
                .doesNotContain(ENCODED)
                .doesNotContain("wrong-one");
        return failure;
    }

    @Test
    void connect_works_andTellsTheAddress() {
        try (RedisStore store = RedisStore.connect(at(open, "", "?timeout=5s&connectTimeout=3000ms"))) {
            assertThat(store.address()).isEqualTo("redis://127.0.0.1:" + open.port() + "/0");
            assertThat(store).hasToString("RedisStore[" + store.address() + "]");
        }
    }

    @Test
    void password_percentEncoded_works_andIsNotInTheAddress() {
        for (String user : new String[] {"", "default"}) {
            try (RedisStore store = RedisStore.connect(at(guarded, user + ':' + ENCODED + '@', ""))) {
                store.open(NamespaceConfig.defaults(), "n1");
                assertThat(store.address()).isEqualTo("redis://127.0.0.1:" + guarded.port() + "/0");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":wrong-one@", "somebody:wrong-one@"})
    void wrongLogin_isRefused_withTheRemedy(String login) {
        assertThat(refusal(at(guarded, login, "")))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("redis://127.0.0.1:" + guarded.port())
                .hasMessageContaining("password")
                .hasMessageContaining("redis://user:password@host");
    }

    @Test
    void passwordThatNobodyAskedFor_isRefused_withTheRemedy() {
        assertThat(refusal(at(open, ":wrong-one@", "")))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("no password");
    }

    @Test
    void database_isTheOneOfTheUri() {
        try (RedisStore store = RedisStore.connect(at(open, "", "/3"))) {
            Namespace namespace = store.open(new NamespaceConfig("third", 1), "n1");
            put(namespace, new RecordKey(0, "users", "1"), "v");
        }
        assertThat(open.command("EXISTS", "third:namespace")).isEqualTo(0L);
        try (RedisStore store = RedisStore.connect(at(open, "", "/3"))) {
            Namespace namespace = store.open(new NamespaceConfig("third", 1), "n1");
            assertThat(see(namespace, new RecordKey(0, "users", "1"))).isEqualTo("v");
            assertThat(store.address()).endsWith("/3");
        }
    }

    @Test
    void databaseThatIsNotThere_isRefused_withTheRemedy() {
        assertThat(refusal(at(open, "", "/77")))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("/77")
                .hasMessageContaining("database");
    }

    @Test
    void nobodyThere_isUnavailable() {
        assertThat(refusal("redis://127.0.0.1:1?connectTimeout=1s"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("redis://127.0.0.1:1/0");
    }

    @Test
    void hostThatIsNotThere_isUnavailable() {
        assertThat(refusal("redis://no-such-host.invalid?connectTimeout=1s"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void silentServer_isUnavailable_withinTheTimeout() {
        try (FakeRedis silent = FakeRedis.silent()) {
            for (String login : new String[] {"", ":wrong-one@", "somebody:wrong-one@"}) {
                String uri = "redis://" + login + "127.0.0.1:" + silent.port();
                assertThat(refusal(uri + "?timeout=500ms&connectTimeout=500ms"))
                        .isInstanceOf(StoreUnavailableException.class);
            }
        }
    }

    @Test
    void webServer_isUnavailable_withinTheTimeout() {
        try (FakeRedis web = FakeRedis.saying("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")) {
            assertThat(refusal("redis://127.0.0.1:" + web.port() + "?timeout=500ms&connectTimeout=500ms"))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("that it is Redis");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.0.16", "5.0.14", "2.8.4", "6.1.240", ""})
    void oldRedis_isRefused(String version) {
        try (FakeRedis old = FakeRedis.ofVersion(version)) {
            assertThat(refusal("redis://127.0.0.1:" + old.port()))
                    .isInstanceOf(StoreConfigurationException.class)
                    .hasMessageContaining("'" + version + "'")
                    .hasMessageContaining("6.2");
        }
    }

    @Test
    void tls_toAPlainServer_isRefused_withTheRemedy() {
        assertThat(refusal("rediss://127.0.0.1:" + open.port() + "?timeout=1s&connectTimeout=1s"))
                .hasMessageContaining("redis:// if");
    }

    @Test
    void tls() throws MalformedURLException {
        if (!open.supportsTls()) {
            // Without TLS in the server, what can be seen is that none is started.
            assertThatThrownBy(() -> RedisServer.builder().tls().start()).hasMessageContaining("TLS");
            return;
        }
        try (RedisServer server = RedisServer.builder().tls().start()) {
            String uri = "rediss://127.0.0.1:" + server.port() + "?timeout=1s&connectTimeout=1s";
            assertThat(refusal(uri))
                    .as("a certificate that nobody vouches for")
                    .isInstanceOf(StoreConfigurationException.class)
                    .hasMessageContaining("certificate");
            assertThat(refusal("redis://127.0.0.1:" + server.port() + "?timeout=1s&connectTimeout=1s"))
                    .as("no TLS where it is wanted")
                    .hasMessageContaining("rediss://");

            Config trusting = new Config()
                    .setSslTruststore(server.trustStore().toUri().toURL())
                    .setSslTruststorePassword(server.trustStorePassword());
            trusting.useSingleServer().setAddress(server.uri());
            try (RedisStore store = RedisStore.connect(trusting)) {
                Namespace namespace = Redises.open(store);
                put(namespace, new RecordKey(0, "users", "1"), "v");
                assertThat(see(namespace, new RecordKey(0, "users", "1"))).isEqualTo("v");
                assertThat(store.address()).startsWith("rediss://");
            }
        }
    }

    @Test
    void close_closesItsOwnClient_andNotOneThatWasHandedOver() {
        Config config = new Config();
        config.useSingleServer()
                .setAddress(open.uri())
                .setConnectionMinimumIdleSize(1)
                .setConnectionPoolSize(2);
        RedisStore owning = RedisStore.connect(config);
        Namespace namespace = Redises.open(owning);
        owning.close();
        owning.close();
        assertThatThrownBy(() -> put(namespace, new RecordKey(0, "users", "1"), "v"))
                .isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> Redises.await(namespace.heads())).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> Redises.await(namespace.changesAfter(0, 0)))
                .isInstanceOf(StoreUnavailableException.class);

        RedissonClient client = Redisson.create(config);
        try {
            RedisStore using = RedisStore.using(client);
            Namespace closed = Redises.open(using);
            RecordingListener listener = new RecordingListener();
            Redises.await(closed.subscribe(listener));
            using.close();
            assertThat(client.isShutdown()).isFalse();

            Namespace open = RedisStore.using(client).open(closed.config(), "n2");
            RecordingListener other = new RecordingListener();
            Redises.await(open.subscribe(other));
            put(open, new RecordKey(0, "users", "1"), "v");
            Awaitility.await().untilAsserted(() -> assertThat(other.changes()).hasSize(1));
            assertThat(listener.changes()).isEmpty();
            assertThatThrownBy(() -> Redises.await(closed.subscribe(listener)))
                    .isInstanceOf(StoreUnavailableException.class);
        } finally {
            client.shutdown();
        }
    }

    private static void assertNoThreadsOfAClient() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .filteredOn(thread -> thread.getName().startsWith("redisson"))
                        .isEmpty());
    }

    @Test
    void connect_asksNobody() {
        try (RedisStore store = RedisStore.connect("redis://127.0.0.1:1")) {
            assertThat(store.address()).isEqualTo("redis://127.0.0.1:1/0");
            assertNoThreadsOfAClient();
        }
    }

    @Test
    void open_whileTheServerIsDown_failsAndLeavesNothing_andWorksOnceItIsUp() {
        try (RedisServer server = RedisServer.start();
                RedisStore store = RedisStore.connect(server.uri() + "?timeout=1s&connectTimeout=1s")) {
            server.kill();
            for (int i = 0; i < 3; i++) {
                long start = System.nanoTime();
                assertThatThrownBy(() -> store.open(NamespaceConfig.defaults(), "n1"))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining(store.address());
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            }
            assertNoThreadsOfAClient();

            server.restart(RedisServer.Data.EMPTY);

            Namespace namespace = store.open(NamespaceConfig.defaults(), "n1");
            RecordKey key = namespace.config().recordKey("users", "1");
            put(namespace, key, "v");
            assertThat(see(store.open(NamespaceConfig.defaults(), "n2"), key)).isEqualTo("v");
        }
        assertNoThreadsOfAClient();
    }

    @Test
    void open_whileTheServerIsSilent_failsAndLeavesNothing_eachTime() {
        try (FakeRedis silent = FakeRedis.silent();
                RedisStore store = RedisStore.connect(
                        "redis://127.0.0.1:" + silent.port() + "?timeout=500ms&connectTimeout=500ms")) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> store.open(NamespaceConfig.defaults(), "n1"))
                        .isInstanceOf(StoreUnavailableException.class);
            }
            assertNoThreadsOfAClient();
        }
    }

    @Test
    void open_afterTheServerWentAwayAndCameBack_works() {
        try (RedisServer server = RedisServer.start();
                RedisStore store = RedisStore.connect(server.uri() + "?timeout=1s&connectTimeout=1s")) {
            store.open(NamespaceConfig.defaults(), "n1");
            server.kill();
            assertThatThrownBy(() -> store.open(NamespaceConfig.defaults(), "n2"))
                    .isInstanceOf(StoreUnavailableException.class);

            server.restart(RedisServer.Data.EMPTY);

            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .ignoreExceptions()
                    .until(() -> store.open(NamespaceConfig.defaults(), "n2") != null);
        }
    }

    @Test
    void close_whileAnotherThreadConnects_doesNotWait_andNothingIsLeft() {
        try (FakeRedis silent = FakeRedis.silent()) {
            RedisStore store = RedisStore.connect("redis://127.0.0.1:" + silent.port());
            CompletableFuture<Throwable> opened = CompletableFuture.supplyAsync(
                    () -> catchThrowable(() -> store.open(NamespaceConfig.defaults(), "n1")));
            Awaitility.await().until(() -> silent.connections() > 0);
            long start = System.nanoTime();

            store.close();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
            assertThat(opened).succeedsWithin(Duration.ofSeconds(10)).isInstanceOf(StoreUnavailableException.class);
            assertThatThrownBy(() -> store.open(NamespaceConfig.defaults(), "n1"))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("closed");
            assertNoThreadsOfAClient();
        }
    }
}
