package dev.duet.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duet.chaos.RecordedClient.WriteKind;
import dev.duet.testkit.history.HistoryFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node, in a process of its own: it reads and writes all the time, records that, and does what the test tells it over a
 * connection. When the connection ends, it halts, so that it does not outlive the test.
 *
 * <p>Commands, each with its answer: {@code write} lets the writers write, {@code quiet} has them pause; {@code clear} writes
 * a row and invalidates all; {@code sweep} reads every row, {@code peek} reads what is cached of every row; {@code update STEP key} updates a row, answers {@code at STEP}
 * there and waits, to be killed or to be told {@code go}; {@code stop} ends the node in an orderly way.
 */
final class ChaosNode {

    private static final Logger LOG = LoggerFactory.getLogger(ChaosNode.class);
    private static final int ATTEMPTS = 5;

    private final NodeSettings settings;
    private final PrintWriter answers;
    private final HistoryFile history;
    private final Subject subject;
    private final RecordedClient client;
    private final Workload workload;
    private final Semaphore going = new Semaphore(0);

    private ChaosNode(NodeSettings settings, PrintWriter answers) {
        this.settings = settings;
        this.answers = answers;
        history = HistoryFile.create(Path.of(settings.history()));
        Rows rows = new Rows(settings.database());
        subject = join(settings, rows);
        client = new RecordedClient(settings.name(), subject, rows, history);
        workload = new Workload(client, settings.rows());
    }

    public static void main(String[] arguments) {
        int status = 1;
        NodeSettings settings = NodeSettings.parse(arguments);
        try (Socket test = new Socket(InetAddress.getLoopbackAddress(), settings.control());
                BufferedReader commands = new BufferedReader(new InputStreamReader(test.getInputStream(), UTF_8));
                PrintWriter answers = new PrintWriter(test.getOutputStream(), true, UTF_8)) {
            ChaosNode node = new ChaosNode(settings, answers);
            node.workload.start(settings.readers(), settings.writers(), settings.seed());
            answers.println("ready");
            node.obey(commands);
            status = 0;
        } catch (Exception e) {
            LOG.error("The node ends", e);
        }
        Runtime.getRuntime().halt(status);
    }

    /** Joins the cluster; more than once, since a machine that starts many processes may take longer than a client waits. */
    private static Subject join(NodeSettings settings, Rows rows) {
        for (int attempt = 1; ; attempt++) {
            try {
                return settings.subject().join(settings.store(), settings.bound(), rows);
            } catch (RuntimeException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void obey(BufferedReader commands) throws IOException, InterruptedException {
        String line = commands.readLine();
        while (line != null) {
            String[] command = line.split(" ", -1);
            switch (command[0]) {
                case "write" -> {
                    workload.write();
                    answers.println("writing");
                }
                case "quiet" -> {
                    workload.quiet();
                    answers.println("quiet");
                }
                case "clear" -> {
                    client.write(WriteKind.WRITE_THEN_INVALIDATE_ALL, 1);
                    answers.println("cleared");
                }
                case "sweep" -> sweep(client::read);
                case "peek" -> sweep(client::peek);
                case "update" -> update(DeathStep.valueOf(command[1]), Long.parseLong(command[2]));
                case "go" -> going.release();
                case "stop" -> {
                    workload.stop();
                    subject.close();
                    history.close();
                    answers.println("stopped");
                    return;
                }
                default -> throw new IllegalArgumentException("no command: " + line);
            }
            line = commands.readLine();
        }
    }

    private void sweep(LongConsumer read) {
        for (long key = 1; key <= settings.rows(); key++) {
            read.accept(key);
        }
        history.flush();
        answers.println("swept");
    }

    private void update(DeathStep step, long key) {
        Thread writer = new Thread(
                () -> {
                    try {
                        client.updateUntil(step, key, this::waitAt);
                    } catch (Exception e) {
                        answers.println("failed " + e);
                    }
                },
                "doomed-writer");
        writer.setDaemon(true);
        writer.start();
    }

    private void waitAt(DeathStep step) throws InterruptedException {
        answers.println("at " + step);
        going.acquire();
    }
}
