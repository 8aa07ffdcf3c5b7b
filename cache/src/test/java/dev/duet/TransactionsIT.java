package dev.duet;

import static java.sql.Connection.TRANSACTION_READ_COMMITTED;
import static java.sql.Connection.TRANSACTION_REPEATABLE_READ;
import static java.sql.Connection.TRANSACTION_SERIALIZABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duet.Accounts.Account;
import dev.duet.Accounts.End;
import dev.duet.redis.RedisStore;
import dev.duet.testkit.JvmProcess;
import dev.duet.testkit.PostgresExtension;
import dev.duet.testkit.RedisExtension;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Transactions on a real PostgreSQL, announced by several nodes on a real Redis. */
class TransactionsIT {

    private static final Logger LOG = LoggerFactory.getLogger("reading");
    private static final Duration BOUND = Duration.ofSeconds(1);
    /** By how much a busy machine may be late. */
    private static final Duration LATE = Duration.ofSeconds(1);

    private static final int ACCOUNTS = 6;
    private static final long A = 1;
    private static final long B = 2;

    @RegisterExtension
    static final RedisExtension REDIS = RedisExtension.create().flushBeforeEach();

    @RegisterExtension
    static final PostgresExtension POSTGRES = PostgresExtension.create();

    private final List<AutoCloseable> open = new ArrayList<>();
    private Accounts database;
    private TwoLevelCache<Long, Account> n1;
    private TwoLevelCache<Long, Account> n2;
    private TwoLevelCache<Long, Account> n3;

    @BeforeEach
    void start() throws Exception {
        database = new Accounts(POSTGRES.server().jdbcUrl());
        database.create(ACCOUNTS, 100);
        n1 = node();
        n2 = node();
        n3 = node();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private TwoLevelCache<Long, Account> node() {
        Duet duet = Duet.builder()
                .store(RedisStore.connect(REDIS.server().uri()))
                .maxStaleness(BOUND)
                .storeTimeout(Duration.ofSeconds(10)) // a busy machine is no outage
                .build();
        open.add(0, duet);
        return duet.cache("accounts", Long.class, Account.class)
                .loader(database::find)
                .build();
    }

    /** Transfers 10 from account A to account B. */
    private void transfer(TwoLevelCache<Long, Account> node, End end) throws SQLException {
        try (WriteIntent intent = node.beginWrite(List.of(A, B))) {
            assertThat(intent).isNotNull();
            database.transact(TRANSACTION_READ_COMMITTED, end, transaction -> {
                Accounts.add(transaction, A, -10);
                Accounts.add(transaction, B, 10);
            });
        }
    }

    private static List<Long> balances(TwoLevelCache<Long, Account> node) {
        return List.of(node.get(A).balance(), node.get(B).balance());
    }

    private static boolean isNear(TwoLevelCache<Long, Account> node, long id) {
        long hits = node.stats().nearHits();
        node.getIfPresent(id);
        return node.stats().nearHits() > hits;
    }

    @Test
    void transfersOnThreeNodes_everyReadIsWithinTheBoundAndNothingOldStays() throws Exception {
        List<TwoLevelCache<Long, Account>> nodes = List.of(n1, n2, n3);
        Map<Long, NavigableMap<Long, Long>> closed = new ConcurrentHashMap<>();
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        AtomicInteger[] ends = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
        ExecutorService threads = Executors.newCachedThreadPool();
        open.add(0, threads::shutdownNow);
        List<Future<?>> readers = new ArrayList<>();
        for (TwoLevelCache<Long, Account> node : nodes) {
            readers.add(threads.submit(() -> {
                Random random = new Random(17);
                while (!over.get()) {
                    long id = 1L + random.nextInt(ACCOUNTS);
                    long asked = System.nanoTime();
                    long version = node.get(id).version();
                    assertThat(version)
                            .as("account %d", id)
                            .isGreaterThanOrEqualTo(
                                    newest(closed, id, asked - BOUND.plus(LATE).toNanos()));
                    if (reads.incrementAndGet() % 64 == 0) {
                        Thread.sleep(1);
                    }
                }
                return null;
            }));
        }
        List<Future<?>> writers = new ArrayList<>();
        for (int w = 0; w < 6; w++) {
            TwoLevelCache<Long, Account> node = nodes.get(w % 3);
            Random random = new Random(w);
            writers.add(threads.submit(() -> {
                for (int i = 0; i < 60; i++) {
                    transferSomewhere(node, random, closed, ends);
                }
                return null;
            }));
        }
        for (Future<?> writer : writers) {
            writer.get(120, TimeUnit.SECONDS);
        }
        over.set(true);
        for (Future<?> reader : readers) {
            reader.get(30, TimeUnit.SECONDS);
        }
        LOG.info(
                "{} committed, {} rolled back, {} without an answer, {} failed; {} reads",
                ends[0],
                ends[1],
                ends[2],
                ends[3],
                reads);
        assertThat(ends).allMatch(count -> count.get() > 0);

        Map<Long, Account> rows = database.all();
        assertThat(rows.values().stream().mapToLong(Account::balance).sum()).isEqualTo(100L * ACCOUNTS);
        Thread.sleep(BOUND.plus(LATE).toMillis());
        List<TwoLevelCache<Long, Account>> all = new ArrayList<>(nodes);
        all.add(node()); // which has nothing near, and so shows what the store has
        for (TwoLevelCache<Long, Account> node : all) {
            rows.forEach((id, row) -> {
                assertThat(node.getIfPresent(id)).as("what is cached").isIn(row, null);
                assertThat(node.get(id)).isEqualTo(row);
                assertThat(isNear(node, id)).as("no intent is left").isTrue();
            });
        }
    }

    /** The newest version of an account whose write had been closed by a moment. */
    private static long newest(Map<Long, NavigableMap<Long, Long>> closed, long id, long by) {
        NavigableMap<Long, Long> versions = closed.getOrDefault(id, new ConcurrentSkipListMap<>());
        return versions.headMap(by, true).values().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    private void transferSomewhere(
            TwoLevelCache<Long, Account> node,
            Random random,
            Map<Long, NavigableMap<Long, Long>> closed,
            AtomicInteger[] ends)
            throws InterruptedException {
        long from = 1L + random.nextInt(ACCOUNTS);
        long to = 1 + (from + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        int chance = random.nextInt(10);
        End end = chance < 6 ? End.COMMIT : chance < 8 ? End.ROLL_BACK : End.COMMIT_UNANSWERED;
        boolean serializable = random.nextBoolean();
        boolean fails = random.nextInt(10) == 0;
        Map<Long, Long> versions = new ConcurrentHashMap<>();
        try (WriteIntent intent = node.beginWrite(List.of(from, to))) {
            assertThat(intent).isNotNull();
            database.transact(
                    serializable ? TRANSACTION_SERIALIZABLE : TRANSACTION_READ_COMMITTED, end, transaction -> {
                        if (!serializable) {
                            Accounts.lock(transaction, Math.min(from, to));
                            Accounts.lock(transaction, Math.max(from, to));
                        }
                        versions.put(from, Accounts.add(transaction, from, -1));
                        if (fails) {
                            throw new SQLException("the application's own");
                        }
                        versions.put(to, Accounts.add(transaction, to, 1));
                    });
        } catch (SQLException e) { // of the application, of a serialization, of the connection
            ends["08006".equals(e.getSQLState()) ? 2 : 3].incrementAndGet();
            return;
        }
        ends[end == End.COMMIT ? 0 : 1].incrementAndGet();
        if (end == End.COMMIT) {
            long now = System.nanoTime();
            versions.forEach((id, version) -> {
                closed.computeIfAbsent(id, key -> new ConcurrentSkipListMap<>()).merge(now, version, Math::max);
                assertThat(node.get(id).version()).as("own write").isGreaterThanOrEqualTo(version);
            });
        }
        Thread.sleep(random.nextInt(5));
    }

    private JvmProcess transferring(long before, long after) {
        return JvmProcess.start(
                "transferring",
                TransferringNode.class,
                List.of("-Xmx128m"),
                List.of(
                        REDIS.server().uri(),
                        POSTGRES.server().jdbcUrl(),
                        String.valueOf(before),
                        String.valueOf(after)));
    }

    private static void awaitOutput(JvmProcess process, String text) {
        await().atMost(Duration.ofSeconds(60)).until(() -> process.output().contains(text));
    }

    @Test
    void A12_nodeIsKilledAfterCommit_theNewRowsAreSeenWithinTheBound() {
        assertThat(balances(n1)).containsExactly(100L, 100L);
        assertThat(balances(n2)).containsExactly(100L, 100L);
        try (JvmProcess writer = transferring(0, 3_600_000)) {
            awaitOutput(writer, TransferringNode.COMMITTED);
            assertThat(balances(n1)).containsExactly(100L, 100L);

            writer.kill();

            await().atMost(BOUND.plus(LATE)).untilAsserted(() -> {
                assertThat(balances(n1)).containsExactly(90L, 110L);
                assertThat(balances(n2)).containsExactly(90L, 110L);
            });
            assertThat(isNear(n1, A)).isTrue();
        }
    }

    @Test
    void A13_readBetweenAnnouncementAndCommit_keepsNothing() throws Exception {
        balances(n2);
        try (WriteIntent intent = n1.beginWrite(List.of(A, B))) {
            assertThat(intent).isNotNull();
            await().until(() -> n2.stats().invalidationsApplied() >= 2);
            assertThat(balances(n2)).containsExactly(100L, 100L);
            assertThat(n3.get(A).balance()).isEqualTo(100);
            database.transact(TRANSACTION_READ_COMMITTED, End.COMMIT, transaction -> Accounts.add(transaction, A, -10));
        }

        assertThat(n2.get(A).balance()).isEqualTo(90);
        assertThat(n3.get(A).balance()).isEqualTo(90);
        assertThat(n1.get(A).balance()).isEqualTo(90);
    }

    @Test
    void A14_answerToTheCommitIsLost_theNewRowsAreSeen() {
        balances(n1);
        balances(n2);

        assertThatThrownBy(() -> transfer(n1, End.COMMIT_UNANSWERED)).hasMessage("the connection broke");

        assertThat(balances(n1)).containsExactly(90L, 110L);
        assertThat(balances(n2)).containsExactly(90L, 110L);
        assertThatThrownBy(() -> n1.updateAndPut(A, () -> {
                    database.transact(
                            TRANSACTION_READ_COMMITTED,
                            End.COMMIT_UNANSWERED,
                            transaction -> Accounts.add(transaction, A, -10));
                    return database.find(A);
                }))
                .isInstanceOf(SQLException.class);
        assertThat(n1.get(A).balance()).isEqualTo(80);
        assertThat(n2.get(A).balance()).isEqualTo(80);
    }

    @Test
    void rolledBack_theOldRowsAreSeen() throws Exception {
        balances(n1);

        transfer(n1, End.ROLL_BACK);

        assertThat(balances(n1)).containsExactly(100L, 100L);
        assertThat(balances(n2)).containsExactly(100L, 100L);
        assertThat(isNear(n2, A)).isTrue();
    }

    @Test
    void A19_loadInAnOlderSnapshot_isForNobodyElse() throws Exception {
        try (WriteIntent intent = n1.beginWrite(B)) {
            assertThat(intent).isNotNull();
            database.transact(TRANSACTION_REPEATABLE_READ, End.COMMIT, transaction -> {
                assertThat(database.find(B).balance()).isEqualTo(100); // from here on it sees what is
                onAnotherThread(() -> n2.update(
                        A,
                        () -> database.transact(
                                TRANSACTION_READ_COMMITTED, End.COMMIT, other -> Accounts.add(other, A, -10))));
                assertThat(n1.get(A).balance()).isEqualTo(100);
                Accounts.add(transaction, B, 10);
            });
        }

        assertThat(balances(n1)).containsExactly(90L, 110L);
        assertThat(balances(n2)).containsExactly(90L, 110L);
    }

    @Test
    void A20_loadOfAnUncommittedRow_isForNobodyElse() throws Exception {
        try (WriteIntent intent = n1.beginWrite(B)) {
            assertThat(intent).isNotNull();
            database.transact(TRANSACTION_READ_COMMITTED, End.ROLL_BACK, transaction -> {
                Accounts.add(transaction, A, 1_000);
                assertThat(n1.get(A).balance()).isEqualTo(1_100);
            });
        }

        assertThat(balances(n1)).containsExactly(100L, 100L);
        assertThat(balances(n2)).containsExactly(100L, 100L);
    }

    @Test
    void A21_nodeIsStoppedForLongerThanItsIntentStands_nothingOldStays() {
        balances(n1);
        try (JvmProcess writer = transferring(3_000, 0)) {
            awaitOutput(writer, TransferringNode.ANNOUNCED);
            writer.pause();
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                balances(n1); // once the intent has run out, the old rows are kept
                return isNear(n1, A) && isNear(n1, B);
            });
            assertThat(balances(n2)).containsExactly(100L, 100L);

            writer.resume();
            awaitOutput(writer, TransferringNode.CLOSED);

            await().atMost(BOUND.plus(LATE)).untilAsserted(() -> {
                assertThat(balances(n1)).containsExactly(90L, 110L);
                assertThat(balances(n2)).containsExactly(90L, 110L);
            });
        }
    }

    /** What is not promised: a reader may see one account before the transfer and the other after it. Once it is closed, both. */
    @Test
    void A34_transferOverTwoAccounts_isSeenWholeOnceItIsClosed() throws Exception {
        balances(n2);

        transfer(n1, End.COMMIT);

        assertThat(balances(n1)).containsExactly(90L, 110L);
        await().atMost(BOUND.plus(LATE))
                .untilAsserted(() -> assertThat(balances(n2)).containsExactly(90L, 110L));
    }

    private interface Task {
        void run() throws Exception;
    }

    private static void onAnotherThread(Task task) throws SQLException {
        try {
            Cluster.elsewhere(() -> {
                task.run();
                return true;
            });
        } catch (Exception e) {
            throw new SQLException(e);
        }
    }
}
