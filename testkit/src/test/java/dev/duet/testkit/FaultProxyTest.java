package dev.duet.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duet.testkit.FaultProxy.Connection;
import dev.duet.testkit.FaultProxy.Direction;
import dev.duet.testkit.FaultProxy.HeldBack;
import dev.duet.testkit.internal.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FaultProxyTest {

    private static final int SILENCE_MILLIS = 150;

    private EchoServer server;
    private FaultProxy proxy;
    private final List<Socket> clients = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = new EchoServer();
        proxy = FaultProxy.to("127.0.0.1", server.port());
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        proxy.close();
        server.close();
    }

    @Test
    void proxy_withoutFaults_passesBytesBothWays() throws Exception {
        Socket client = connect();

        assertThat(echo(client, "hello")).isEqualTo("hello");

        Connection connection = onlyConnection();
        assertThat(connection.id()).isEqualTo(1);
        assertThat(connection.client().getPort()).isEqualTo(client.getLocalPort());
        assertThat(connection.since()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(connection.sent()).isEqualTo("hello");
        assertThat(connection.passed(Direction.TO_SERVER)).isEqualTo(5);
        await().until(() -> connection.passed(Direction.TO_CLIENT) == 5);
    }

    @Test
    void proxy_clientEndsItsStream_passesTheEndBothWaysAndForgetsTheConnection() throws Exception {
        Socket client = connect();
        client.getOutputStream().write("bye".getBytes(ISO_8859_1));
        client.shutdownOutput();

        assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("bye");
        await().until(() -> proxy.connections().isEmpty());
    }

    @Test
    void proxy_serverCloses_clientLearnsOfIt() throws Exception {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");

        server.hangUp();

        assertBroken(client);
    }

    @Test
    void proxy_serverDown_resetsTheClient() throws Exception {
        server.close();

        assertThatThrownBy(() -> echo(connect(), "hello")).isInstanceOf(IOException.class);
        await().until(() -> proxy.connections().isEmpty());
    }

    @Test
    void proxy_muchDataOnManyConnections_arrivesInOrder() throws Exception {
        proxy.delay(Duration.ofMillis(5));
        List<CompletableFuture<Void>> transfers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Socket client = connect();
            int seed = i;
            transfers.add(CompletableFuture.runAsync(() -> assertTransfer(client, seed, 2_000_000)));
        }

        assertThat(CompletableFuture.allOf(transfers.toArray(CompletableFuture[]::new)))
                .succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void cut_openAndNewConnections_areRefusedUntilHealed() throws Exception {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");

        proxy.cut();

        assertThat(proxy.connections()).isEmpty();
        assertBroken(client);
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        await().until(() -> server.ended() == 1);

        proxy.cut();
        proxy.heal();
        proxy.heal();
        assertThat(echo(connect(), "again")).isEqualTo("again");
    }

    @Test
    void delay_eachDirection_addsUp() throws Exception {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");
        proxy.delay(Direction.TO_SERVER, Duration.ofMillis(100));
        proxy.delay(Direction.TO_CLIENT, Duration.ofMillis(200));

        long start = System.nanoTime();
        assertThat(echo(client, "hello")).isEqualTo("hello");

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));
    }

    @Test
    void delay_manyChunks_doesNotLimitThroughput() throws Exception {
        proxy.delay(Duration.ofMillis(250));
        Socket client = connect();

        long start = System.nanoTime();
        assertTransfer(client, 1, 8_000_000); // more than a hundred chunks

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(500), Duration.ofSeconds(5));
    }

    @Test
    void delay_shortened_releasesBytesOnTheWay() throws Exception {
        proxy.delay(Duration.ofHours(1));
        Socket client = connect();
        send(client, "hello");
        assertSilent(client);
        assertThat(server.received()).isZero();

        proxy.delay(Duration.ZERO);

        assertThat(receive(client, 5)).isEqualTo("hello");
    }

    @Test
    void delay_negative_isRefused() {
        assertThatThrownBy(() -> proxy.delay(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void halfOpen_toClient_serverHearsAndClientNoticesNothing() throws Exception {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");

        proxy.halfOpen(Direction.TO_CLIENT);
        send(client, "lost");

        await().until(() -> server.received() == 9);
        assertSilent(client);
        server.hangUp();
        await().until(() -> server.ended() == 1);
        assertSilent(client);
        assertThat(onlyConnection().passed(Direction.TO_CLIENT)).isEqualTo(5);
    }

    @Test
    void halfOpen_toServer_serverHearsNothingNotEvenTheEnd() throws Exception {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");
        Connection connection = onlyConnection();

        proxy.halfOpen(Direction.TO_SERVER);
        send(client, "lost");
        await().until(() -> connection.sent().equals("hellolost"));
        client.close();

        await().during(Duration.ofMillis(SILENCE_MILLIS)).until(() -> server.received() == 5 && server.ended() == 0);
        assertThat(connection.isOpen()).isTrue();
        connection.drop();
        await().until(() -> server.ended() == 1);
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void halfOpen_toServerAndClientResets_serverDoesNotLearnOfIt() throws Exception {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");

        proxy.halfOpen(Direction.TO_SERVER);
        client.setSoLinger(true, 0);
        client.close();

        await().during(Duration.ofMillis(SILENCE_MILLIS)).until(() -> server.ended() == 0);
        server.hangUp();
        await().until(() -> proxy.connections().isEmpty());
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void halfOpen_thenHealed_passesWhatComesLater(Direction direction) throws Exception {
        Socket client = connect();
        proxy.halfOpen(direction);
        send(client, "lost");
        Connection connection = onlyConnection();
        await().until(() ->
                connection.sent().equals("lost") && (direction == Direction.TO_SERVER || server.received() == 4));
        assertSilent(client);

        proxy.heal();

        assertThat(echo(client, "later")).isEqualTo("later");
    }

    @Test
    void halfOpen_oneConnectionFoundByWhatItSent_leavesTheOthers() throws Exception {
        Socket subscriber = connect();
        Socket other = connect();
        assertThat(echo(other, "GET key")).isEqualTo("GET key");
        assertThat(echo(subscriber, "SUBSCRIBE channel")).isEqualTo("SUBSCRIBE channel");

        List<Connection> found =
                proxy.connections(connection -> connection.sent().contains("SUBSCRIBE"));
        assertThat(found).hasSize(1);
        found.get(0).halfOpen(Direction.TO_CLIENT);

        send(subscriber, "PING");
        assertSilent(subscriber);
        assertThat(echo(other, "GET key")).isEqualTo("GET key");
    }

    @Test
    void holdBack_marker_keepsThatConnectionsBytesUntilReleased_andNoOthers() throws Exception {
        Socket other = connect();
        Socket client = connect();
        assertThat(echo(other, "early marker")).isEqualTo("early marker");
        assertThat(echo(client, "hello")).isEqualTo("hello");

        HeldBack held = proxy.holdBack("marker");
        assertThat(echo(client, "hello")).isEqualTo("hello");
        assertThat(held.isHolding()).isFalse();
        send(client, "a marker");
        await().until(held::isHolding);
        send(client, " and more");
        await().until(() -> held.bytes() == 17);

        assertSilent(client);
        assertThat(held.isDelivered()).isFalse();
        assertThat(echo(other, "a marker")).isEqualTo("a marker");
        held.release();
        assertThat(receive(client, 17)).isEqualTo("a marker and more");
        assertThat(held.isDelivered()).isTrue();
        assertThat(held.isHolding()).isFalse();
        assertThat(held.bytes()).isEqualTo(17);
        assertThat(echo(client, "marker")).isEqualTo("marker");
        held.release();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void holdBack_clientIsGone_serverLearnsOfItWhenItHasTheBytes(boolean reset) throws Exception {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");
        Connection connection = onlyConnection();
        HeldBack held = proxy.holdBack("late");
        send(client, "late bytes");
        await().until(() -> held.bytes() == 10);
        client.setSoLinger(reset, 0);
        client.close();

        await().during(Duration.ofMillis(SILENCE_MILLIS)).until(() -> server.received() == 5 && server.ended() == 0);
        assertThat(connection.isOpen()).isTrue();
        assertThat(held.isHolding()).isTrue();
        held.release();

        await().until(() -> server.received() == 15 && server.ended() == 1);
        await().until(() -> !connection.isOpen());
        assertThat(connection.passed(Direction.TO_SERVER)).isEqualTo(15);
    }

    @Test
    void holdBack_manyBytesAndClientResets_serverGetsAllOfThem() throws Exception {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");
        HeldBack held = onlyConnection().holdBack();
        client.getOutputStream().write(random(1, 4_000_000));
        await().until(() -> held.bytes() == 4_000_000);
        client.setSoLinger(true, 0);
        client.close();

        held.release();

        await().until(() -> server.received() == 4_000_005 && server.ended() == 1);
    }

    @Test
    void holdBack_markerInTwoChunks_keepsTheSecond() throws Exception {
        Socket client = connect();
        HeldBack held = proxy.holdBack("marker");
        assertThat(echo(client, "a mar")).isEqualTo("a mar");

        send(client, "ker");

        await().until(held::isHolding);
        assertSilent(client);
        assertThat(server.received()).isEqualTo(5);
        held.release();
        assertThat(receive(client, 3)).isEqualTo("ker");
    }

    @Test
    void holdBack_ofAConnection_beginsAtOnce_andIsOne() throws Exception {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");

        HeldBack held = onlyConnection().holdBack();

        assertThat(held.isHolding()).isTrue();
        assertThat(onlyConnection().holdBack()).isSameAs(held);
        send(client, "late");
        assertSilent(client);
        proxy.heal();
        assertThat(receive(client, 4)).isEqualTo("late");
        assertThat(held.isHolding()).isFalse();
    }

    @Test
    void holdBack_healedOrReleasedBeforeItsMarker_neverBegins() throws Exception {
        Socket client = connect();
        HeldBack healed = proxy.holdBack("marker");
        proxy.heal();
        HeldBack released = proxy.holdBack("marker");
        released.release();

        assertThat(echo(client, "marker")).isEqualTo("marker");

        assertThat(healed.bytes()).isZero();
        assertThat(released.bytes()).isZero();
    }

    @Test
    void holdBack_thenDropped_isLost() throws Exception {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");
        Connection connection = onlyConnection();
        HeldBack held = connection.holdBack();
        send(client, "lost");
        await().until(() -> held.bytes() == 4);

        connection.drop();
        held.release();

        assertBroken(client);
        await().until(() -> server.ended() == 1);
        assertThat(server.received()).isEqualTo(5);
        assertThat(held.isHolding()).isFalse();
        assertThat(held.isDelivered()).isFalse();
        assertThat(connection.holdBack().isHolding()).isFalse();
    }

    @Test
    void holdBack_emptyMarker_isRefused() {
        assertThatThrownBy(() -> proxy.holdBack("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> proxy.holdBack("m".repeat(257))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sent_longStream_isItsBeginning() throws Exception {
        assertTransfer(connect(), 1, 100_000);

        assertThat(onlyConnection().sent()).hasSize(16 * 1024);
        assertThat(onlyConnection().sent().getBytes(ISO_8859_1)).startsWith(random(1, 1000));
    }

    @Test
    void dropAll_openConnections_breakAndNewOnesWork() throws Exception {
        List<Socket> open = List.of(connect(), connect());
        for (Socket client : open) {
            assertThat(echo(client, "hello")).isEqualTo("hello");
        }

        proxy.dropAll();

        for (Socket client : open) {
            assertBroken(client);
        }
        assertThat(echo(connect(), "again")).isEqualTo("again");
        assertThat(onlyConnection().id()).isEqualTo(3);
    }

    @Test
    void redirect_openConnections_breakAndNewOnesGoToTheOtherServer() throws Exception {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");
        try (EchoServer other = new EchoServer()) {
            proxy.redirect(other.port());

            assertBroken(client);
            assertThat(echo(connect(), "again")).isEqualTo("again");
            assertThat(other.received()).isEqualTo(5);
            assertThat(server.received()).isEqualTo(5);
        }
    }

    @Test
    void drop_oneById_leavesTheOthers() throws Exception {
        Socket first = connect();
        assertThat(echo(first, "hello")).isEqualTo("hello");
        Socket second = connect();
        assertThat(echo(second, "hello")).isEqualTo("hello");

        assertThat(proxy.drop(1)).isTrue();
        assertThat(proxy.drop(1)).isFalse();

        assertBroken(first);
        assertThat(echo(second, "again")).isEqualTo("again");
        assertThat(proxy.drop(connection -> connection.id() > 5)).isZero();
    }

    @Test
    void close_openProxy_endsConnectionsAndThread() throws Exception {
        Socket client = connect();
        assertThat(echo(client, "hello")).isEqualTo("hello");
        String thread = "fault-proxy-" + proxy.port();
        assertThat(threads()).contains(thread);

        proxy.close();
        proxy.close();

        assertBroken(client);
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        assertThat(threads()).doesNotContain(thread);
        assertThatThrownBy(proxy::heal).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void to_unknownHost_fails() {
        assertThatThrownBy(() -> FaultProxy.to("no such host", 1)).isInstanceOf(UncheckedIOException.class);
    }

    private Connection onlyConnection() {
        assertThat(proxy.connections()).hasSize(1);
        return proxy.connections().get(0);
    }

    private Socket connect() throws IOException {
        Socket client = new Socket();
        clients.add(client);
        client.setTcpNoDelay(true);
        client.setSoTimeout(20_000);
        client.connect(new InetSocketAddress(Ports.loopback(), proxy.port()));
        return client;
    }

    private static String echo(Socket client, String text) throws IOException {
        send(client, text);
        return receive(client, text.length());
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static String receive(Socket client, int length) throws IOException {
        return new String(client.getInputStream().readNBytes(length), ISO_8859_1);
    }

    private static byte[] random(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void assertTransfer(Socket client, int seed, int length) {
        byte[] bytes = random(seed, length);
        CompletableFuture<Void> sender = CompletableFuture.runAsync(
                () -> {
                    try {
                        client.getOutputStream().write(bytes);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                task -> new Thread(task).start());
        try {
            assertThat(client.getInputStream().readNBytes(length)).isEqualTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sender.join();
    }

    private static void assertSilent(Socket client) throws IOException {
        int before = client.getSoTimeout();
        client.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        client.setSoTimeout(before);
    }

    /** Asserts that the client is told, by a reset or by the end of the stream. */
    private static void assertBroken(Socket client) {
        int last;
        try {
            last = client.getInputStream().read();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("still open", e);
        } catch (IOException reset) {
            last = -1;
        }
        assertThat(last).isEqualTo(-1);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }
}
