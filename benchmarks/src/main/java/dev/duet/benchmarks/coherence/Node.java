package dev.duet.benchmarks.coherence;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duet.benchmarks.coherence.RecordedNode.Call;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node, in a process of its own: it reads and writes all the time, and does what the harness tells it over a connection.
 * When that ends it halts, so that it does not outlive the harness.
 *
 * <p>Commands, each with its answer: {@code clock} tells the time; {@code work} starts the workload, {@code quiet} ends its
 * writes; {@code read KIND key…} reads keys; {@code load key…} and {@code doom key…} begin to read or to write keys, a thread
 * for each, and do not wait; {@code watch key version} answers {@code watching} when it has read the key, and {@code seen} with
 * the time when it gets that version; {@code update key} writes, and answers with what came of it.
 */
final class Node {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private static final Duration PROBE = Duration.ofSeconds(5);
    private static final Duration JOIN_PAUSE = Duration.ofSeconds(1);
    private static final int JOIN_ATTEMPTS = 5;
    private static final int SWEEPERS = 4;

    private final PrintWriter answers;
    private final History history;
    private final RecordedNode node;
    private final long seed;
    private @Nullable Workload workload;

    private Node(NodeSettings settings, PrintWriter answers) throws Exception {
        this.answers = answers;
        history = new History(settings.history());
        node = join(settings, history);
        seed = settings.seed();
    }

    /** Runs a node. */
    public static void main(String[] arguments) {
        int status = 1;
        NodeSettings settings = NodeSettings.parse(arguments);
        try (Socket harness = new Socket(InetAddress.getLoopbackAddress(), settings.control());
                BufferedReader commands = new BufferedReader(new InputStreamReader(harness.getInputStream(), UTF_8));
                PrintWriter answers = new PrintWriter(harness.getOutputStream(), true, UTF_8)) {
            harness.setTcpNoDelay(true);
            Node node = new Node(settings, answers);
            answers.println("ready");
            node.obey(commands);
            status = 0;
        } catch (Exception e) {
            LOG.error("The node ends", e);
        }
        Runtime.getRuntime().halt(status);
    }

    /** More than once, since a machine that starts many processes may take longer than a client waits. */
    private static RecordedNode join(NodeSettings settings, History history) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return new RecordedNode(settings, history);
            } catch (RuntimeException e) {
                if (attempt == JOIN_ATTEMPTS) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(JOIN_PAUSE.toMillis());
            }
        }
    }

    private void obey(BufferedReader commands) throws Exception {
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "clock" -> answers.println("clock " + System.nanoTime());
                case "work" -> {
                    workload = new Workload(node, seed);
                    answers.println("working");
                }
                case "quiet" -> {
                    if (workload != null) {
                        workload.quiet();
                    }
                    answers.println("quiet");
                }
                case "read" -> {
                    read(Read.Kind.valueOf(words[1]), keys(words, 2));
                    answers.println("read");
                }
                case "load" -> {
                    for (long key : keys(words, 1)) {
                        begin(node.read(key, Read.Kind.WORKLOAD));
                    }
                    answers.println("loading");
                }
                case "doom" -> {
                    for (long key : keys(words, 1)) {
                        begin(node.write(key));
                    }
                    answers.println("writing");
                }
                case "watch" -> watch(Long.parseLong(words[1]), Long.parseLong(words[2]));
                case "update" -> {
                    Write write = node.writeNow(Long.parseLong(words[1]));
                    answers.println("updated " + write.version() + " " + write.commit() + " " + write.end() + " "
                            + write.acknowledged());
                }
                default -> throw new IllegalArgumentException("no command: " + line);
            }
        }
    }

    private static long[] keys(String[] words, int from) {
        return Arrays.stream(words, from, words.length)
                .mapToLong(Long::parseLong)
                .toArray();
    }

    private static void begin(Call call) {
        thread(() -> call.make(new AtomicReference<>(call)));
    }

    /** Reads keys with some threads, all of them within the limit of a single read: those that are not read then have failed. */
    private void read(Read.Kind kind, long[] keys) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        List<AtomicReference<@Nullable Call>> calls = new ArrayList<>();
        for (long key : keys) {
            calls.add(new AtomicReference<>(node.read(key, kind)));
        }
        Queue<AtomicReference<@Nullable Call>> left = new ConcurrentLinkedQueue<>(calls);
        CountDownLatch done = new CountDownLatch(SWEEPERS);
        for (int i = 0; i < SWEEPERS; i++) {
            thread(() -> {
                for (var current = left.poll(); current != null; current = left.poll()) {
                    Call call = current.get();
                    if (call != null) {
                        call.make(current);
                    }
                }
                done.countDown();
            });
        }
        if (!done.await(Workload.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            left.clear();
            for (var current : calls) {
                Call call = current.getAndSet(null);
                if (call != null) {
                    call.recordFailure(begin, System.nanoTime());
                }
            }
        }
        history.flush();
    }

    private void watch(long key, long version) {
        node.versionOf(key);
        node.versionOf(key);
        answers.println("watching");
        long end = System.nanoTime() + PROBE.toNanos();
        long now;
        boolean seen;
        do {
            seen = node.versionOf(key) >= version;
            now = System.nanoTime();
        } while (!seen && now < end);
        answers.println((seen ? "seen " : "late ") + now);
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "command");
        thread.setDaemon(true);
        thread.start();
    }
}
