package dev.duet.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duet.Duet;
import dev.duet.PendingWrites;
import dev.duet.TwoLevelCache;
import dev.duet.WriteBehind;
import dev.duet.WriteRetry;
import dev.duet.redis.RedisStore;
import dev.duet.store.CacheException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that writes behind, in a process of its own; it does what the test tells it over a connection. When the connection ends,
 * it halts, so that it does not outlive the test.
 *
 * <p>Commands, each with its answer: {@code go} lets its threads work, {@code quiet} has them pause; {@code drain} has everything
 * written that is pending or parked; {@code sweep} reads every key; {@code stop} ends the node in an orderly way.
 */
final class BehindNode {

    /** For how long a node that died keeps others from its writes. */
    static final Duration LEASE_TERM = Duration.ofSeconds(2);

    /** Fewer than there are keys, so that writes are rejected while the database is down for long. */
    private static final long MAXIMUM_PENDING = 1_500;

    private static final int NEAR_SIZE = 500;
    private static final int ATTEMPTS = 8;
    private static final Duration DRAIN = Duration.ofSeconds(45);
    private static final long COUNTS_EVERY_MILLIS = 100;
    private static final Logger LOG = LoggerFactory.getLogger(BehindNode.class);

    private final BehindSettings settings;
    private final PrintWriter answers;
    private final Duet duet;
    private final TwoLevelCache<Long, String> items;
    private final BehindWorkload workload;

    private BehindNode(BehindSettings settings, PrintWriter answers) {
        this.settings = settings;
        this.answers = answers;
        Ledger ledger = new Ledger(settings.database(), settings.name());
        duet = join(settings);
        items = duet.cache("items", Long.class, String.class)
                .maximumSize(NEAR_SIZE)
                .expireAfterWrite(Duration.ofSeconds(3)) // so that readers ask the database too
                .loader(ledger::find)
                .writeBehind(WriteBehind.<Long, String>to(ledger)
                        .flushEvery(Duration.ofMillis(50))
                        .leaseTerm(LEASE_TERM)
                        .maximumPending(MAXIMUM_PENDING)
                        .maximumWait(Duration.ofMillis(300))
                        .retry(WriteRetry.exponential(Duration.ofMillis(50), Duration.ofSeconds(1))))
                .build();
        workload = new BehindWorkload(settings.name(), items, new BehindLog(settings.log()), settings.keys());
    }

    public static void main(String[] arguments) {
        int status = 1;
        BehindSettings settings = BehindSettings.parse(arguments);
        try (Socket test = new Socket(InetAddress.getLoopbackAddress(), settings.control());
                BufferedReader commands = new BufferedReader(new InputStreamReader(test.getInputStream(), UTF_8));
                PrintWriter answers = new PrintWriter(test.getOutputStream(), true, UTF_8)) {
            BehindNode node = new BehindNode(settings, answers);
            node.start();
            answers.println("ready");
            node.obey(commands);
            status = 0;
        } catch (Exception e) {
            LOG.error("The node ends", e);
        }
        Runtime.getRuntime().halt(status);
    }

    /** Joins the cluster; more than once, since a busy machine may take longer than a client waits. */
    private static Duet join(BehindSettings settings) {
        for (int attempt = 1; ; attempt++) {
            try {
                return Duet.builder()
                        .store(RedisStore.connect(settings.redis()))
                        .namespace("behind")
                        .maxStaleness(Duration.ofMillis(settings.boundMillis()))
                        .build();
            } catch (RuntimeException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void start() {
        workload.start(settings.writers(), settings.seed());
        Thread counting = new Thread(
                () -> {
                    try {
                        while (true) {
                            count();
                            Thread.sleep(COUNTS_EVERY_MILLIS);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "counts");
        counting.setDaemon(true);
        counting.start();
    }

    private synchronized void count() {
        BehindCounts.of(items.stats().writeBehind()).appendTo(settings.counts());
    }

    private void obey(BufferedReader commands) throws IOException, InterruptedException {
        String command = commands.readLine();
        while (command != null) {
            switch (command) {
                case "go" -> {
                    workload.go();
                    answers.println("going");
                }
                case "quiet" -> {
                    workload.quiet();
                    answers.println("quiet");
                }
                case "drain" -> answers.println(drain());
                case "sweep" -> {
                    workload.sweep();
                    answers.println("swept");
                }
                case "stop" -> {
                    duet.close();
                    count();
                    answers.println("stopped");
                    return;
                }
                default -> throw new IllegalArgumentException("no command: " + command);
            }
            command = commands.readLine();
        }
    }

    private String drain() throws InterruptedException {
        PendingWrites<Long, String> pending = items.pendingWrites();
        long start = System.nanoTime();
        CacheException failure = null;
        while (System.nanoTime() - start < DRAIN.toNanos()) {
            try {
                if (pending.flush(Duration.ofSeconds(5)) && pending.retryFailed() == 0) {
                    return "drained";
                }
            } catch (CacheException e) { // the store may not be back yet
                failure = e;
                Thread.sleep(100);
            }
        }
        return "not drained: " + items.stats().writeBehind() + ", " + failure;
    }
}
