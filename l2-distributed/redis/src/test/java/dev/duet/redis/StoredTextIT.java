package dev.duet.redis;

import static dev.duet.redis.Redises.HOUR;
import static dev.duet.redis.Redises.await;
import static dev.duet.redis.Redises.content;
import static dev.duet.redis.Redises.fill;
import static dev.duet.redis.Redises.lease;
import static dev.duet.redis.Redises.put;
import static dev.duet.redis.Redises.see;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.store.Change;
import dev.duet.store.Content;
import dev.duet.store.LeaseReply;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingReply;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreConfigurationException;
import dev.duet.testkit.RedisExtension;
import dev.duet.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in Redis: its names, its text, its terms; and what becomes of it if somebody else meddles or it is evicted. */
class StoredTextIT {

    @RegisterExtension
    static final RedisExtension redis = RedisExtension.create();

    private static final String VALUE =
            "V 1795445963985766 1795445963985766 9007199254740991 9007199254740991 0 0 - 3\nAda";

    private final RedisServer server = redis.server();
    private RedisStore store;
    private Namespace namespace;
    private String prefix;
    private RecordKey key;

    @BeforeEach
    void open() {
        store = RedisStore.connect(server.uri());
        namespace = Redises.open(store);
        prefix = namespace.config().name() + ":{0}:";
        key = new RecordKey(0, "users", "456");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private String record() {
        return prefix + "users:456";
    }

    private Object command(String... command) {
        return server.command(command);
    }

    /** Runs a command of words, with the prefix for each %s, and a space for each tilde. */
    private void damage(String command) {
        command(Stream.of(command.replace("%s", prefix).split(" "))
                .map(word -> word.replace('~', ' '))
                .toArray(String[]::new));
    }

    private String floors() {
        return (String) command("GET", prefix + "floors");
    }

    @Test
    void keys_haveTheNamesThatTheProtocolGivesThem() {
        put(namespace, key, "v1");
        await(namespace.invalidateAll("orders"));

        assertThat(command("KEYS", namespace.config().name() + ":*"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .containsExactlyInAnyOrder(
                        namespace.config().name() + ":namespace",
                        prefix + "head",
                        prefix + "floors",
                        prefix + "log",
                        prefix + "users:456");
        assertThat(command("HGETALL", namespace.config().name() + ":namespace"))
                .isEqualTo(List.of("partitions", "1", "format", "5"));
        assertThat(floors()).matches("\\d{16} " + runId() + " orders=\\d{16}");
    }

    @Test
    void value_isALineAndThePayload() {
        long version = await(namespace.execute(key, new Operation.Put(content("Ada", HOUR))))
                .version();

        assertThat((String) command("GET", record())).matches("V " + version + " \\d{16} \\d{16} \\d{16} 0 0 - 3\nAda");
        assertThat((String) command("GET", prefix + "head")).isEqualTo(Long.toString(version));
    }

    @Test
    void lease_isALine() {
        lease(namespace, key, 0);

        assertThat((String) command("GET", record())).matches("L loader \\d{16} \\d{16}:3600000000 0\n");
    }

    @Test
    void leaseBesideARetainedValue_isALineAndTheValue_andLastsAsLongAsThat() {
        Content brief = new Content(content("Ada").payload(), 1, 2 * HOUR, 0);
        await(namespace.execute(key, new Operation.Put(brief)));
        lease(namespace, key, 0);
        await(namespace.execute(key, new Operation.Lease("waiting", HOUR, 0)));

        assertThat((String) command("GET", record()))
                .matches("L loader \\d{16} \\d{16}:3600000000 1\nV \\d{16} \\d{16} \\d{16} \\d{16} 0 0 - 3\nAda");
        assertThat((Long) command("PTTL", record())).isBetween(7_190_000L, 7_200_001L);
    }

    @Test
    void refreshedValue_namesItsLoader_andOutlivesItsLife() {
        Content hour = content("Ada", HOUR);
        long writtenAt = await(namespace.execute(key, new Operation.Put(hour))).writtenAt();
        await(namespace.execute(key, new Operation.Refresh("loader", 2 * HOUR, writtenAt)));

        assertThat((String) command("GET", record()))
                .matches("V \\d{16} \\d{16} \\d{16} \\d{16} 0 0 loader:\\d{16}:\\d{16}:7200000000 3\nAda");
        assertThat((Long) command("PTTL", record())).isBetween(7_190_000L, 7_200_001L);
    }

    @Test
    void executeAll_afterTheServerForgotItsScripts_sendsEachWholeOnce() {
        List<Namespace.Request<Long>> requests = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            requests.add(new Namespace.Request<>(new RecordKey(0, "users", "k" + i), new Operation.Invalidate()));
        }
        command("SCRIPT", "FLUSH");
        command("CONFIG", "RESETSTAT");

        namespace.executeAll(requests).forEach(reply -> assertThat(await(reply)).isPositive());

        assertThat((String) command("INFO", "commandstats")).containsPattern("cmdstat_eval:calls=[1-3],");
    }

    private List<Reading> readAll(List<RecordKey> keys) {
        List<Namespace.Request<Reading>> reads = new ArrayList<>();
        keys.forEach(one -> reads.add(new Namespace.Request<>(one, new Operation.Read())));
        return namespace.executeAll(reads).stream().map(Redises::await).toList();
    }

    private List<String> seeAll(List<RecordKey> keys) {
        return readAll(keys).stream()
                .map(reading -> reading instanceof Reading.Hit hit
                        ? new String(hit.payload().bytes(), StandardCharsets.UTF_8)
                        : reading.getClass().getSimpleName())
                .toList();
    }

    private List<RecordKey> putMany(int number, String value) {
        List<RecordKey> keys = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            keys.add(new RecordKey(0, "users", "k" + i));
            put(namespace, keys.get(i), value + i);
        }
        return keys;
    }

    @Test
    void executeAll_reads_shareScripts() {
        List<RecordKey> keys = putMany(100, "v");
        seeAll(keys);
        command("CONFIG", "RESETSTAT");

        assertThat(seeAll(keys)).startsWith("v0", "v1").endsWith("v99").hasSize(100);
        assertThat((String) command("INFO", "commandstats")).containsPattern("cmdstat_evalsha:calls=1,");
    }

    @Test
    void executeAll_readsOfLargeRecords_answersAll() {
        List<RecordKey> keys = putMany(40, "v".repeat(100_000));

        assertThat(seeAll(keys)).hasSize(40).allMatch(value -> value.length() > 100_000);
    }

    private long calls(String script) {
        Matcher calls = Pattern.compile("cmdstat_" + script + ":calls=(\\d+)")
                .matcher((String) command("INFO", "commandstats"));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    @Test
    void floor_ofACacheWhoseNameEndsAnothers_isItsOwn() {
        RecordKey other = new RecordKey(0, "sers", "456");
        put(namespace, other, "v1");
        put(namespace, key, "v1");
        await(namespace.invalidateAll("users"));

        assertThat(see(namespace, other)).isEqualTo("v1");
        assertThat(await(namespace.execute(other, new Operation.Lease("loader", HOUR, 0))))
                .isInstanceOf(LeaseReply.Refused.class);
        assertThat(seeAll(List.of(other, new RecordKey(0, "sers", "457")))).containsExactly("v1", "Missing");
        assertThat(see(namespace, key)).isEqualTo("Missing");

        await(namespace.invalidateAll("sers"));
        await(namespace.invalidateAll("users"));
        assertThat(floors()).matches("\\d+ \\w+ users=\\d+ sers=\\d+");
    }

    @Test
    void executeAll_readsOfLargeRecords_readFewerTogether_untilTheyAreSmall() {
        List<RecordKey> large = putMany(128, "v".repeat(100_000));
        for (int i = 0; i < 3; i++) {
            seeAll(large);
            command("CONFIG", "RESETSTAT");
        }

        seeAll(large);
        assertThat(calls("evalsha")).isEqualTo(13); // of ten records, about 1 MiB, each

        List<RecordKey> small = putMany(128, "v");
        for (int i = 0; i < 5; i++) {
            seeAll(small);
        }
        command("CONFIG", "RESETSTAT");
        seeAll(small);
        assertThat(calls("evalsha")).isOne();
    }

    @Test
    void executeAll_readsThatTheServerRefuses_areNotAskedAgain() {
        List<RecordKey> keys = putMany(100, "v");
        seeAll(keys);
        command("ACL", "SETUSER", "default", "-mget");
        try {
            command("CONFIG", "RESETSTAT");

            List<Namespace.Request<Reading>> reads = new ArrayList<>();
            keys.forEach(one -> reads.add(new Namespace.Request<>(one, new Operation.Read())));
            assertThat(namespace.executeAll(reads))
                    .hasSize(100)
                    .allSatisfy(reply ->
                            assertThatThrownBy(() -> await(reply)).isInstanceOf(StoreConfigurationException.class));
            assertThat(calls("evalsha")).isOne();
        } finally {
            command("ACL", "SETUSER", "default", "+mget");
        }
    }

    @Test
    void executeAll_readsAmongWhatIsOdd_answersEachAsByItself() {
        List<RecordKey> keys = putMany(4, "v");
        command("DEL", prefix + "users:k1");
        command("LPUSH", prefix + "users:k1", "a list");
        command("SET", prefix + "users:k2", "no record");

        assertThat(seeAll(keys)).containsExactly("v0", "Missing", "Missing", "v3");

        command("SET", prefix + "head", "no number");
        assertThat(readAll(keys)).allMatch(reading -> reading.head() > 0);
        assertThat(seeAll(keys).get(0)).isEqualTo(see(namespace, keys.get(0)));

        command("DEL", prefix + "floors"); // so that nobody knows what lies below one
        assertThat(seeAll(keys)).containsOnly("Missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-7", "no number", "9007199254740990"})
    void put_whereTheHeadIsLost_isAboveWhatWasGivenOut(String head) {
        long before = put(namespace, key, "old");
        if (head.isEmpty()) {
            command("DEL", prefix + "head");
        } else {
            command("SET", prefix + "head", head);
        }

        assertThat(put(namespace, key, "new")).isGreaterThan(before);
        assertThat(see(namespace, key)).isEqualTo("new");
    }

    @Test
    void intent_isALineAndTheOldValue() {
        put(namespace, key, "Ada");
        long begun = await(namespace.execute(key, new Operation.Begin("w1", HOUR)));
        await(namespace.execute(key, new Operation.Begin("w2", HOUR)));

        assertThat((String) command("GET", record()))
                .matches(
                        "I 1 " + begun
                                + " w1:\\d{16}:3600000000,w2:\\d{16}:3600000000\nV \\d{16} \\d{16} 9007199254740991 9007199254740991 0 0 - 3\nAda");
    }

    @ParameterizedTest
    @ValueSource(strings = {"put", "invalidate", "enqueue"})
    void A17_logOfALaterTime_isDroppedByTheNextChange(String change) {
        put(namespace, key, "v1");
        long later = 9_007_199_254_740_000L;
        command("XADD", prefix + "log", later + "-0", "c", "K 0 " + later + " n1 users 456");

        long version = switch (change) {
            case "put" -> put(namespace, key, "v2");
            case "invalidate" -> await(namespace.execute(key, new Operation.Invalidate()));
            default -> await(namespace.execute(key, write("v2"))).version();
        };

        assertThat(await(namespace.changesAfter(0, 0)))
                .extracting(Change::version)
                .containsExactly(version);
    }

    @Test
    void change_isLoggedAsText() {
        long version = put(namespace, key, "Ada");

        assertThat(command("XRANGE", prefix + "log", "-", "+"))
                .isEqualTo(List.of(List.of(version + "-0", List.of("c", "K 0 " + version + " n1 users 456"))));
    }

    @Test
    void records_vanishByThemselves() {
        put(namespace, key, "forever");
        assertThat(command("PTTL", record())).isEqualTo(-1L);
        await(namespace.execute(key, new Operation.Put(content("v", HOUR))));
        assertThat((Long) command("PTTL", record())).isBetween(3_590_000L, 3_600_001L);
        await(namespace.execute(key, new Operation.Begin("w1", HOUR)));
        await(namespace.execute(key, new Operation.Begin("w2", 2 * HOUR)));
        assertThat((Long) command("PTTL", record())).isBetween(7_190_000L, 7_200_001L);
        await(namespace.execute(key, new Operation.Complete("w2")));
        assertThat((Long) command("PTTL", record())).isBetween(3_500_000L, 3_600_001L);
        await(namespace.execute(key, new Operation.Complete("w1")));
        assertThat(command("EXISTS", record())).isEqualTo(0L);
        long granted = lease(namespace, key, 0);
        assertThat((Long) command("PTTL", record())).isBetween(3_590_000L, 3_600_001L);
        fill(namespace, key, granted, "v");
        assertThat(command("PTTL", record())).isEqualTo(-1L);
    }

    static Stream<String> damagedRecords() {
        return Stream.of(
                "",
                "V",
                "garbage",
                "{\"id\":456}",
                "V 1 2 3 4\nx",
                "V 1795445963985766 1795445963985766 9007199254740991 9007199254740991 0 0 - 4\nAda",
                "V 1795445963985766 1795445963985766 9007199254740991 9007199254740991 0 0 - 2\nAda",
                "V 1795445963985766 1795445963985766 9007199254740991 9007199254740991 0 0 - 3",
                "V -1 1795445963985766 9007199254740991 9007199254740991 0 0 - 3\nAda",
                "v 1795445963985766 1795445963985766 9007199254740991 9007199254740991 0 0 - 3\nAda",
                "L loader 1795445963985766 9007199254740991:1",
                "L loader 1795445963985766 9007199254740991:1 0\nx",
                "L loader 1795445963985766 9007199254740991 0\n",
                "L loader 1795445963985766 9007199254740991: 0\n",
                "I 0 1 loader\n",
                "I 0 loader:9007199254740991:1\n",
                "I 2 1 loader:9007199254740991:1\n",
                "I 0 1 loader:9007199254740991\n",
                "I 0 1 loader:9007199254740991:\n",
                "I 0 1 loader:9007199254740991:1",
                "I 0 1 :9007199254740991:1\n",
                "P 1 0 0 -",
                "P 1 0 0 -\n",
                "P 1 0 0 -\nx",
                "P 1 0 0 0 -\n" + VALUE,
                "P 1 0 - -\n" + VALUE,
                "P 1 0 2147483648 -\n" + VALUE,
                "P 9007199254740992 0 0 -\n" + VALUE,
                "P 1 9007199254740992 0 -\n" + VALUE,
                "P 1 0 0 1\n" + VALUE,
                "P 1 0 0 -1\n" + VALUE,
                "P 1 0 0 99999999999999999999\n" + VALUE,
                "P 1 0 0 -\n" + VALUE + "x",
                "P 1 0 0 -\nL loader 1795445963985766 9007199254740991:1 0\n",
                "P 1 0 0 -\nV 9007199254740992 1 1 1 0 0 - 0\n");
    }

    @ParameterizedTest
    @MethodSource("damagedRecords")
    void A36_damagedRecord_isMissing_andTheNextLeaseReplacesIt(String text) {
        put(namespace, key, "v1");
        command("SET", record(), text);

        assertForeign();
        assertThat(await(namespace.execute(key, new Operation.Fill("x", 1, content("x"))))
                        .stored())
                .isFalse();
        assertThat(await(namespace.execute(key, new Operation.Release("x")))).isFalse();
        assertThat(await(namespace.execute(key, new Operation.Renew("x", HOUR))))
                .isFalse();
        assertReplaced();
    }

    @Test
    void A36_truncatedValue_isMissing_andTheNextLeaseReplacesIt() {
        put(namespace, key, "a value of some length");
        String whole = (String) command("GET", record());
        for (int length = whole.length() - 1; length > 0; length -= 7) {
            command("SET", record(), whole.substring(0, length));
            assertForeign();
        }
        assertReplaced();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RPUSH %s x", "HSET %s a b", "SADD %s x", "XADD %s * a b"})
    void A36_otherType_isMissing_andTheNextLeaseReplacesIt(String other) {
        command(String.format(other, record()).split(" "));

        assertForeign();
        assertReplaced();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SET %s garbage", "RPUSH %s x"})
    void A36_writes_replaceWhateverIsThere(String other) {
        List<Operation<?>> writes = List.of(
                new Operation.Put(content("v")),
                new Operation.Invalidate(),
                new Operation.Begin("w", HOUR),
                new Operation.Complete("w", 1, content("v")));
        for (Operation<?> write : writes) {
            command("DEL", record());
            command(String.format(other, record()).split(" "));
            await(namespace.execute(key, write));
            Reading reading = await(namespace.execute(key, new Operation.Read()));
            assertThat(reading instanceof Reading.Missing missing && missing.foreign())
                    .as("%s", write)
                    .isFalse();
        }
    }

    private void assertForeign() {
        long head = await(namespace.heads())[0];
        assertThat(await(namespace.execute(key, new Operation.Read())))
                .isEqualTo(new Reading.Missing(head, true, null));
    }

    private void assertReplaced() {
        LeaseReply reply = await(namespace.execute(key, new Operation.Lease("loader", HOUR, 0)));
        assertThat(reply)
                .isInstanceOfSatisfying(
                        LeaseReply.Granted.class,
                        granted -> assertThat(granted.foreign()).isTrue());
        assertThat(fill(namespace, key, ((LeaseReply.Granted) reply).head(), "v2"))
                .isTrue();
        assertThat(see(namespace, key)).isEqualTo("v2");
    }

    private static PendingOperation.Enqueue write(String value) {
        return new PendingOperation.Enqueue(content(value, HOUR), true);
    }

    private Claim claim() {
        return await(namespace.claim("users", List.of(0), "f", HOUR, 10).get(0));
    }

    @Test
    void pendingWrite_isALineAndTheValue_thatDoNotExpire_andHasItsPlaceInAQueue() {
        long version = await(namespace.execute(key, write("Ada"))).version();
        String value = "V " + version + " \\d{16} \\d{16} \\d{16} 0 0 - 3\nAda";

        assertThat((String) command("GET", record())).matches("P \\d{16} 0 0 -\n" + value);
        assertThat(command("PTTL", record())).isEqualTo(-1L);
        assertThat(command("ZRANGE", prefix + "pending/users", "0", "-1")).isEqualTo(List.of("456"));
        assertThat(claim().granted()).isTrue();
        assertThat((String) command("GET", prefix + "flusher/users")).matches("f:\\d{16} 3600000000");
        assertThat(command("PTTL", prefix + "flusher/users"))
                .as("not to be evicted")
                .isEqualTo(-1L);

        await(namespace.execute(key, new PendingOperation.Failed(version, 2, HOUR, "Zoë\nis out")));
        assertThat((String) command("GET", record())).matches("P \\d{16} 3600000000 2 11\nZoë\nis out" + value);

        await(namespace.execute(key, new PendingOperation.Failed(version, 3, Content.FOREVER, "")));
        assertThat((String) command("GET", record())).matches("P 9007199254740991 9007199254740991 3 0\n" + value);
        assertThat(command("ZRANGE", prefix + "failed/users", "0", "-1")).isEqualTo(List.of("456"));
        assertThat(command("EXISTS", prefix + "pending/users")).isEqualTo(0L);
        assertThat(await(namespace.parked("users", 1)).get(0).failure()).isEmpty();

        await(namespace.execute(key, new PendingOperation.Flushed(version, false)));
        assertThat((String) command("GET", record())).matches(value);
        assertThat((Long) command("PTTL", record())).isBetween(3_500_000L, 3_600_001L);
        assertThat(claim().granted()).isFalse();
        assertThat(command("EXISTS", prefix + "failed/users", prefix + "flusher/users"))
                .isEqualTo(0L);
    }

    @Test
    void pendingWriteThatIsMade_andCountsForNothing_isGone() {
        long version = await(namespace.execute(key, write("Ada"))).version();
        await(namespace.invalidateAll("users"));

        await(namespace.execute(key, new PendingOperation.Flushed(version, false)));

        assertThat(command("EXISTS", record())).isEqualTo(0L);
    }

    @Test
    void enqueue_ofWhatIsPendingAlready_leavesItsPlaceAlone() {
        await(namespace.execute(key, write("v1")));
        command("CONFIG", "RESETSTAT");

        await(namespace.execute(key, write("v2")));

        assertThat((String) command("INFO", "commandstats")).doesNotContain("cmdstat_z");
    }

    static Stream<String> lostWrites() {
        return Stream.concat(damagedRecords(), Stream.of(VALUE));
    }

    @ParameterizedTest
    @MethodSource("lostWrites")
    void damagedPendingWrite_isLost_andHandedOutToNobody(String text) {
        await(namespace.execute(key, write("v1")));
        RecordKey other = new RecordKey(0, "users", "7");
        await(namespace.execute(other, write("v2")));
        command("SET", record(), text);

        Claim claim = claim();

        assertThat(claim.lost()).isEqualTo(1);
        assertThat(claim.pending()).isEqualTo(1);
        assertThat(claim.due()).extracting(PendingWrite::key).containsExactly(other);
        assertThat(claim().lost()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEL %s", "SET %s garbage"})
    void parkedWriteThatIsGone_isNotListed(String damage) {
        long version = await(namespace.execute(key, write("v1"))).version();
        await(namespace.execute(key, new PendingOperation.Failed(version, 1, Content.FOREVER, "down")));
        command(String.format(damage, record()).split(" "));

        assertThat(await(namespace.parked("users", 10))).isEmpty();
        assertThat(command("EXISTS", prefix + "failed/users")).isEqualTo(0L);
    }

    @Test
    void pendingWriteThatIsGone_isLost_andANewOneIsQueued() {
        await(namespace.execute(key, write("v1")));
        command("DEL", record());
        assertThat(claim().lost()).isEqualTo(1);

        await(namespace.execute(key, write("v2")));

        assertThat(claim().due()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SET %s x", "RPUSH %s x"})
    void damagedQueues_startAnew(String other) {
        for (String name : List.of("pending/users", "failed/users", "flusher/users")) {
            command(String.format(other, prefix + name).split(" "));
        }

        long version = await(namespace.execute(key, write("v1"))).version();
        assertThat(claim().due()).hasSize(1);
        await(namespace.execute(key, new PendingOperation.Failed(version, 1, Content.FOREVER, "down")));
        assertThat(await(namespace.parked("users", 10))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEL %shead", "SET %shead garbage", "DEL %shead %sfloors %slog", "SET %slog garbage"})
    void pendingWrite_outlivesADamagedPartition_andTheNextOneIsAbove(String damage) {
        long before = await(namespace.execute(key, write("v1"))).version();
        command(damage.replace("%s", prefix).split(" "));

        assertThat(see(namespace, key)).isEqualTo("v1");
        command(damage.replace("%s", prefix).split(" "));
        PendingReply reply = await(namespace.execute(key, write("v2")));

        assertThat(reply.version()).isGreaterThan(before);
        assertThat(reply.coalesced()).isTrue();
        assertThat(await(namespace.changesAfter(0, before)))
                .extracting(Change::version)
                .contains(reply.version());
        assertThat(claim().due()).extracting(PendingWrite::version).containsExactly(reply.version());
    }

    @Test
    void enqueue_overSomethingElse_replacesIt() {
        for (String other : List.of("SET %s garbage", "RPUSH %s x")) {
            command("DEL", record());
            command(String.format(other, record()).split(" "));
            assertThat(await(namespace.execute(key, write("v1"))).accepted()).isTrue();
            assertThat(see(namespace, key)).isEqualTo("v1");
        }
    }

    @Test
    void damagedOldValue_leavesTheIntentStanding() {
        put(namespace, key, "Ada");
        long begun = await(namespace.execute(key, new Operation.Begin("w", HOUR)));
        command("APPEND", record(), "x");

        assertThat(await(namespace.execute(key, new Operation.Read())))
                .isInstanceOfSatisfying(
                        Reading.Writing.class,
                        writing -> assertThat(writing.old()).isNull());
        assertThat(await(namespace.execute(key, new Operation.Complete("w", begun, content("v2"))))
                        .stored())
                .isTrue();
    }

    @Test
    void A31_evictedFloors_bringNothingBack() {
        put(namespace, key, "v1");
        RecordKey other = new RecordKey(0, "orders", "1");
        put(namespace, other, "o1");
        await(namespace.invalidateAll("users"));
        long head = await(namespace.heads())[0];
        command("DEL", prefix + "floors");

        assertThat(see(namespace, key)).isEqualTo("Missing");
        assertThat(see(namespace, other)).isEqualTo("Missing");
        assertThat(await(namespace.heads())[0]).isGreaterThan(head);
        put(namespace, key, "v2");
        assertThat(see(namespace, key)).isEqualTo("v2");
    }

    @Test
    void A31_evictedFloors_voidLeasesFromBefore() {
        long granted = lease(namespace, key, 0);
        await(namespace.invalidateAll("users"));
        command("DEL", prefix + "floors");

        assertThat(fill(namespace, key, granted, "v1")).isFalse();
    }

    @Test
    void A31_evictedFloors_thenInvalidateAllOfAnotherCache_bringNothingBack() {
        put(namespace, key, "v1");
        await(namespace.invalidateAll("users"));
        command("DEL", prefix + "floors");
        await(namespace.invalidateAll("orders"));

        assertThat(see(namespace, key)).isEqualTo("Missing");
    }

    @Test
    void A31_evictedHead_startsAboveEveryHeadBefore() {
        long before = put(namespace, key, "v1");
        command("DEL", prefix + "head");

        assertThat(await(namespace.heads())[0]).isGreaterThan(before);
        assertThat(see(namespace, key)).isEqualTo("v1");
        command("DEL", prefix + "head");
        assertThat(put(namespace, key, "v2")).isGreaterThan(before + 1);
    }

    @Test
    void A31_evictedHead_neverFallsBelowAFloor() {
        await(namespace.invalidateAll("users"));
        command("SET", prefix + "floors", floors().replaceFirst("users=\\d+", "users=9000000000000000"));
        command("DEL", prefix + "head");

        long granted = lease(namespace, key, 0);
        assertThat(fill(namespace, key, granted, "v")).isTrue();
        assertThat(see(namespace, key)).isEqualTo("v");
    }

    @Test
    void A31_evictedHeadAndFloors_bringNothingBack() {
        put(namespace, key, "v1");
        await(namespace.invalidateAll("users"));
        command("DEL", prefix + "head", prefix + "floors");

        await(namespace.heads());
        assertThat(see(namespace, key)).isEqualTo("Missing");
    }

    @Test
    void A31_evictedRecords_areMisses() {
        long granted = lease(namespace, key, 0);
        command("DEL", record());
        assertThat(fill(namespace, key, granted, "v1")).isFalse();

        await(namespace.execute(key, new Operation.Begin("w", HOUR)));
        long head = await(namespace.heads())[0];
        command("DEL", record());
        assertThat(await(namespace.execute(key, new Operation.Complete("w", head, content("v2"))))
                        .version())
                .isEqualTo(head + 1);
        assertThat(see(namespace, key)).isEqualTo("Missing");
    }

    @Test
    void A31_evictedLog_isEmpty_andGoesOn() {
        long head = put(namespace, key, "v1");
        command("DEL", prefix + "log");
        assertThat(await(namespace.changesAfter(0, 0))).isEmpty();

        put(namespace, key, "v2");
        assertThat(await(namespace.changesAfter(0, 0)))
                .extracting(Change::version)
                .containsExactly(head + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SET %s garbage", "SET %s -5", "SET %s 0", "RPUSH %s x", "SET %s 99999999999999999"})
    void damagedHead_startsAnew(String other) {
        long before = put(namespace, key, "v1");
        command("DEL", prefix + "head");
        command(String.format(other, prefix + "head").split(" "));
        assertThat(put(namespace, key, "v2")).isGreaterThan(before);

        command("DEL", prefix + "head");
        command(String.format(other, prefix + "head").split(" "));
        assertThat(await(namespace.execute(key, new Operation.Read())).head()).isBetween(before, Content.FOREVER - 1);
        assertThat(await(namespace.heads())[0]).isGreaterThan(before);
        assertThat(see(namespace, key)).isEqualTo("v2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET %sfloors garbage",
                "RPUSH %sfloors x",
                "HSET %sfloors * 1",
                "SET %sfloors 1",
                "SET %sfloors x~run~users=5",
                "SET %sfloors 0~run~users=5",
                "SET %sfloors 1~run~users=x",
                "SET %sfloors 1~run~users="
            })
    void damagedFloors_bringNothingBack(String damage) {
        put(namespace, key, "v1");
        await(namespace.invalidateAll("users"));
        command("DEL", prefix + "floors");
        damage(damage);

        assertThat(see(namespace, key)).isEqualTo("Missing");
        put(namespace, key, "v2");
        assertThat(see(namespace, key)).isEqualTo("v2");
        await(namespace.invalidateAll("users"));
        assertThat(see(namespace, key)).isEqualTo("Missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SET %s garbage", "RPUSH %s x"})
    void damagedLog_isEmpty_andStartsAnew(String other) {
        put(namespace, key, "v1");
        command("DEL", prefix + "log");
        command(String.format(other, prefix + "log").split(" "));
        assertThat(await(namespace.changesAfter(0, 0))).isEmpty();

        long version = put(namespace, key, "v2");
        assertThat(await(namespace.changesAfter(0, 0)))
                .extracting(Change::version)
                .containsExactly(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "K 0 5 n1 users 456", "K 1 %d n1 users 456"})
    void damagedLogEntry_cutsTheLogThere(String text) {
        long version = put(namespace, key, "v1");
        command("XADD", prefix + "log", (version + 1) + "-0", "c", String.format(text, version + 1));
        command("SET", prefix + "head", Long.toString(version + 1));
        put(namespace, key, "v2");

        assertThat(await(namespace.changesAfter(0, 0)))
                .extracting(Change::version)
                .containsExactly(version + 2);
    }

    @Test
    void A17_headThatWentBack_startsTheLogAnew() {
        long version = put(namespace, key, "v1");
        command("SET", prefix + "head", Long.toString(version - 1_000));

        assertThat(put(namespace, key, "v2")).isEqualTo(version - 999);
        assertThat(await(namespace.changesAfter(0, 0)))
                .extracting(Change::version)
                .containsExactly(version - 999);
    }

    static Stream<String> damages() {
        return Stream.of(
                "DEL %shead",
                "DEL %sfloors",
                "DEL %shead %sfloors %slog",
                "SET %shead garbage",
                "SET %sfloors garbage",
                "SET %sfloors garbage~run~users=5",
                "SET %sfloors 9000000000000000~run~users=garbage",
                "SET %slog garbage");
    }

    @ParameterizedTest
    @MethodSource("damages")
    void startOver_ofADamagedPartition_bringsNothingBack(String damage) {
        put(namespace, key, "v1");
        await(namespace.invalidateAll("users"));
        long before = put(namespace, key, "v2");
        damage(damage);

        long head = await(namespace.startOver(0, before, before));

        assertThat(head).isGreaterThan(before);
        assertThat(await(namespace.heads())[0]).isEqualTo(head);
        assertThat(see(namespace, key)).isEqualTo("Missing");
        assertThat(floors()).isEqualTo(head + " " + runId());
        assertThat(command("EXISTS", prefix + "log")).isEqualTo(0L);
        assertThat(put(namespace, key, "v3")).isEqualTo(head + 1);
        assertThat(see(namespace, key)).isEqualTo("v3");
        assertThat(await(namespace.startOver(0, before, before))).isEqualTo(head + 1);
    }

    @Test
    void floors_ofAFreshPartition_sayOnWhichRunOfTheServerTheyStarted() {
        assertThat(floors()).matches("\\d{16} " + runId());
    }

    private String runId() {
        return ((String) command("INFO", "server"))
                .lines()
                .filter(line -> line.startsWith("run_id:"))
                .findFirst()
                .orElseThrow()
                .substring("run_id:".length());
    }

    @Test
    void namespaceKey_ofSomethingElse_isRefused() {
        command("SET", "taken:namespace", "mine");

        assertThatThrownBy(() -> store.open(new NamespaceConfig("taken", 1), "n1"))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("taken:namespace");
    }

    @Test
    void otherFormat_isRefused() {
        command("HSET", "future:namespace", "partitions", "1", "format", "6");

        assertThatThrownBy(() -> store.open(new NamespaceConfig("future", 1), "n1"))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining("format '6'")
                .hasMessageContaining("future");
    }
}
