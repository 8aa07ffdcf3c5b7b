package dev.duet.redis;

import static dev.duet.redis.Redises.HOUR;
import static dev.duet.redis.Redises.await;
import static dev.duet.redis.Redises.content;
import static dev.duet.redis.Redises.put;
import static dev.duet.redis.Redises.see;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.LeaseReply;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.testkit.FaultProxy;
import dev.duet.testkit.FaultProxy.Direction;
import dev.duet.testkit.RedisExtension;
import dev.duet.testkit.RedisServer;
import dev.duet.testkit.RedisServer.Data;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A server that was restarted, or another that took its place, may have lost changes that everybody was told of. What it
 * holds from before is never served, whatever is asked first, and by whom.
 */
class IncarnationsIT {

    private static final int PARTITIONS = 8;

    @RegisterExtension
    static final RedisExtension redis = RedisExtension.create();

    private final RedisServer server = redis.server();
    private final NamespaceConfig config = new NamespaceConfig(Redises.fresh().name(), PARTITIONS);
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
        if (!server.isRunning()) {
            server.restart(Data.EMPTY);
        }
    }

    private Namespace join(String uri, NamespaceConfig config, String node) {
        RedisStore store = RedisStore.connect(uri + "?timeout=1s");
        open.add(store);
        return store.open(config, node);
    }

    private Namespace join(String node) {
        return join(server.uri(), config, node);
    }

    private static List<RecordKey> keys() {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(p -> new RecordKey(p, "users", "k"))
                .toList();
    }

    /** A value in each partition, which the snapshot has; and a later change of it, which the snapshot has not. */
    private long[] loseChanges(Namespace namespace) {
        keys().forEach(key -> put(namespace, key, "old"));
        server.command("SAVE");
        keys().forEach(key -> put(namespace, key, "new"));
        return await(namespace.heads());
    }

    private void restartFromTheSnapshot() {
        server.kill();
        server.restart(Data.KEEP);
    }

    private static <T> T eventually(Callable<T> call) {
        List<T> result = new ArrayList<>();
        Awaitility.await().atMost(Duration.ofSeconds(15)).ignoreExceptions().until(() -> result.add(call.call()));
        return result.get(0);
    }

    private static List<String> seeTogether(Namespace namespace) {
        List<Namespace.Request<Reading>> reads = new ArrayList<>();
        keys().forEach(key -> reads.add(new Namespace.Request<>(key, new Operation.Read())));
        return namespace.executeAll(reads).stream()
                .map(reply -> await(reply).getClass().getSimpleName())
                .toList();
    }

    private static void assertAllMissing(Namespace namespace) {
        for (RecordKey key : keys()) {
            assertThat(eventually(() -> see(namespace, key))).isEqualTo("Missing");
        }
    }

    @Test
    void A17_oldSnapshot_isNotServed_whicheverScriptAsksFirst() {
        Namespace first = join("n1");
        Namespace second = join("n2");
        long[] before = loseChanges(first);
        assertThat(see(second, keys().get(0))).isEqualTo("new");
        restartFromTheSnapshot();

        // The first node makes the server know the script by which the second one then reads another partition.
        assertThat(eventually(() -> see(first, keys().get(3)))).isEqualTo("Missing");
        assertAllMissing(second);
        assertAllMissing(first);
        assertThat(await(second.execute(keys().get(5), new Operation.Lease("loader", HOUR, 0))))
                .isInstanceOf(LeaseReply.Granted.class);
        for (int p = 0; p < PARTITIONS; p++) {
            assertThat(await(first.heads())[p]).isGreaterThan(before[p]);
        }
    }

    @Test
    void A17_oldSnapshot_isNotServed_toAReaderOfManyKeys() {
        Namespace first = join("n1");
        Namespace second = join("n2");
        loseChanges(first);
        assertThat(seeTogether(first)).containsOnly("Hit");
        assertThat(seeTogether(second)).containsOnly("Hit");
        restartFromTheSnapshot();

        assertThat(eventually(() -> seeTogether(first))).containsOnly("Missing");
        assertThat(eventually(() -> seeTogether(second))).containsOnly("Missing");
    }

    @Test
    void A17_oldSnapshot_isNotServed_whenAWriteComesFirst() {
        Namespace namespace = join("n1");
        long[] before = loseChanges(namespace);
        restartFromTheSnapshot();

        long version = eventually(() -> await(namespace.execute(keys().get(0), new Operation.Begin("w", HOUR))));

        assertThat(version).isGreaterThan(before[0]);
        assertThat(see(namespace, keys().get(0))).isEqualTo("Writing");
        assertThat(await(namespace.execute(keys().get(0), new Operation.Complete("w", version, content("newer"))))
                        .stored())
                .isTrue();
        assertThat(see(namespace, keys().get(0))).isEqualTo("newer");
        assertThat(see(namespace, keys().get(1))).isEqualTo("Missing");
    }

    @Test
    void A17_oldSnapshot_isNotServed_thoughAnotherNamespaceMadeTheScriptsKnown() {
        Namespace namespace = join("n1");
        Namespace neighbour = join(server.uri(), Redises.fresh(), "n1");
        put(neighbour, keys().get(0), "v");
        loseChanges(namespace);
        restartFromTheSnapshot();

        assertThat(eventually(() -> see(neighbour, keys().get(0)))).isEqualTo("Missing");
        put(neighbour, keys().get(0), "v");

        assertAllMissing(namespace);
    }

    @Test
    void A17_oldSnapshot_isNotServed_toManyReadersAtOnce() {
        Namespace first = join("n1");
        Namespace second = join("n2");
        loseChanges(first);
        restartFromTheSnapshot();
        eventually(() -> server.command("PING"));

        List<CompletableFuture<String>> seen = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Namespace namespace = i % 2 == 0 ? first : second;
            RecordKey key = keys().get(i % PARTITIONS);
            seen.add(CompletableFuture.supplyAsync(() -> eventually(() -> see(namespace, key))));
        }

        assertThat(seen)
                .allSatisfy(found -> assertThat(found.get(20, TimeUnit.SECONDS)).isEqualTo("Missing"));
    }

    @Test
    void A17_oldSnapshot_isFoundByReadingTheHeads_beforeTheyAreAnswered() {
        Namespace namespace = join("n1");
        long[] before = loseChanges(namespace);
        restartFromTheSnapshot();

        long[] heads = eventually(() -> await(namespace.heads()));

        for (int p = 0; p < PARTITIONS; p++) {
            assertThat(heads[p]).isGreaterThan(before[p]);
            assertThat(await(namespace.changesAfter(p, 0))).isEmpty();
        }
        assertThat(await(namespace.heads())).isEqualTo(heads);
        assertAllMissing(namespace);
        assertThat(await(namespace.heads())).isEqualTo(heads);
    }

    @Test
    void A17_oldSnapshot_isNotServedToANodeThatCameLater() throws Exception {
        Namespace gone = join("n1");
        long[] before = loseChanges(gone);
        open.remove(0).close();
        restartFromTheSnapshot();

        Namespace namespace = join("n2");

        for (int p = 0; p < PARTITIONS; p++) {
            assertThat(await(namespace.changesAfter(p, 0))).isEmpty();
            assertThat(server.command("GET", config.name() + ":{" + p + "}:head"))
                    .asString()
                    .matches(head -> Long.parseLong(head) > before[0]);
        }
        assertAllMissing(namespace);
    }

    @Test
    void A17_serverWhoseClockIsBehind_startsAboveTheHeadsThatThisNodeKnows() {
        Namespace namespace = join("n1");
        long future = await(namespace.heads())[2] + HOUR;
        server.command("SET", config.name() + ":{2}:head", Long.toString(future));
        assertThat(await(namespace.heads())[2]).isEqualTo(future);
        server.kill();
        server.restart(Data.EMPTY);

        assertThat(eventually(() -> await(namespace.heads()))[2]).isGreaterThan(future);
    }

    @Test
    void restartWithNothingLost_isColdAndGoesOn() {
        Namespace first = join("n1");
        Namespace second = join("n2");
        keys().forEach(key -> put(first, key, "v1"));
        long begun = await(first.execute(keys().get(1), new Operation.Begin("w", HOUR)));
        long[] before = await(first.heads());
        server.restart(Data.KEEP);

        assertThat(eventually(() -> see(first, keys().get(0)))).isEqualTo("Missing");
        put(first, keys().get(0), "v2");
        assertThat(eventually(() -> see(second, keys().get(0))))
                .as("joined once, by whichever node")
                .isEqualTo("v2");
        assertThat(see(second, keys().get(1))).as("an intent stands").isEqualTo("Writing");
        assertThat(await(second.execute(keys().get(1), new Operation.Complete("w", begun, content("v2"))))
                        .stored())
                .as("of before")
                .isFalse();
        assertThat(await(first.heads())[0]).isGreaterThan(before[0]);
        assertThat(see(first, keys().get(0))).isEqualTo("v2");
    }

    @Test
    void flushedScripts_costNothingThatIsStored() {
        Namespace first = join("n1");
        Namespace second = join("n2");
        keys().forEach(key -> put(first, key, "v1"));
        long[] before = await(first.heads());

        server.command("SCRIPT", "FLUSH");

        keys().forEach(key -> assertThat(see(second, key)).isEqualTo("v1"));
        keys().forEach(key -> assertThat(see(first, key)).isEqualTo("v1"));
        assertThat(await(first.heads())).isEqualTo(before);
    }

    @Test
    void nodesThatComeAndGo_costNothingThatIsStored() throws Exception {
        Namespace first = join("n1");
        keys().forEach(key -> put(first, key, "v1"));
        long[] before = await(first.heads());
        open.remove(0).close();

        Namespace second = join("n2");

        keys().forEach(key -> assertThat(see(second, key)).isEqualTo("v1"));
        assertThat(await(second.heads())).isEqualTo(before);
    }

    /** A master and a replica, which clients reach at one address, and each the other by a line that can be cut. */
    private final class Pair {
        final RedisServer other = RedisServer.start();
        final FaultProxy address = FaultProxy.to("127.0.0.1", server.port());
        final FaultProxy toServer = FaultProxy.to("127.0.0.1", server.port());
        final FaultProxy toOther = FaultProxy.to("127.0.0.1", other.port());

        Pair() {
            open.addAll(List.of(address, toServer, toOther, other));
            server.command("CONFIG", "SET", "repl-diskless-sync-delay", "0");
            other.command("CONFIG", "SET", "repl-diskless-sync-delay", "0");
        }

        String uri() {
            return "redis://127.0.0.1:" + address.port();
        }

        void replicate(RedisServer replica, FaultProxy master) {
            replica.command("REPLICAOF", "127.0.0.1", Integer.toString(master.port()));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> ((String) replica.command("INFO", "replication")).contains("master_link_status:up"));
        }

        /** Until the replica has what the master has. */
        void catchUp(RedisServer replica, RedisServer master, String key) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> String.valueOf(replica.command("GET", key)).equals(master.command("GET", key)));
        }

        void promote(RedisServer replica) {
            replica.command("REPLICAOF", "NO", "ONE");
            address.redirect(replica.port());
        }
    }

    @Test
    void A16_replicaThatLagged_isNotServed_onceItIsPromoted_norIsTheFirstMasterOnceItIsBack() {
        Pair pair = new Pair();
        String record = config.name() + ":{0}:users:k";
        Namespace first = join(pair.uri(), config, "n1");
        Namespace second = join(pair.uri(), config, "n2");
        keys().forEach(key -> put(first, key, "old"));
        assertThat(see(second, keys().get(0))).isEqualTo("old");
        assertThat(seeTogether(second)).containsOnly("Hit");
        pair.replicate(pair.other, pair.toServer);
        pair.catchUp(pair.other, server, record);
        pair.toServer.halfOpen(Direction.TO_CLIENT);
        keys().forEach(key -> put(first, key, "lost"));
        long[] before = await(first.heads());

        pair.promote(pair.other);

        assertThat(eventually(() -> seeTogether(second))).containsOnly("Missing");
        assertAllMissing(second);
        assertAllMissing(first);
        long[] between = await(first.heads());
        assertThat(Arrays.compare(between, before)).isPositive();

        // And back: the first master has known the scripts all the time.
        keys().forEach(key -> put(first, key, "older"));
        pair.toServer.heal();
        pair.replicate(server, pair.toOther);
        pair.catchUp(server, pair.other, record);
        pair.toOther.halfOpen(Direction.TO_CLIENT);
        keys().forEach(key -> put(first, key, "lost"));

        pair.promote(server);

        assertAllMissing(second);
        assertAllMissing(first);
    }
}
