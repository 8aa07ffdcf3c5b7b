package dev.duet.samples.users;

import dev.duet.samples.users.stage.ParentWatch;
import dev.duet.samples.users.stage.Report;
import dev.duet.samples.users.stage.Screen;
import dev.duet.samples.users.stage.Screen.Column;
import dev.duet.samples.users.stage.Step;
import dev.duet.samples.users.stage.Step.Finding;
import dev.duet.samples.users.stage.Step.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Plays the story of a user service on three nodes, step by step, and checks each step: who answered, how fast, and how
 * often the database was asked.
 *
 * <pre>
 * mvn -q -pl samples -am compile exec:exec@story
 * mvn -q -pl samples -am compile exec:exec@story -Dstory.store=hazelcast
 * </pre>
 *
 * <p>The nodes are JVMs of their own ({@link UserNode}). They share one Redis, the second level of their caches, or with {@code
 * --store=hazelcast} are the members of a Hazelcast cluster, which is that; and one
 * PostgreSQL, in which finding a user takes 200 ms ({@link UserDatabase}). What a node does is in {@link UserService}.
 *
 * <ol>
 *   <li>Without a cache, both reads of user 123 are slow.
 *   <li>With one, the first is, and all others take microseconds.
 *   <li>Another node gets the user from the store, without a query.
 *   <li>User 456 changes her email on one node. Right after, all nodes return the new one, for one query.
 *   <li>The same by cache-aside: plain SQL, then {@code invalidate}.
 *   <li>A life of 2 s runs out, and what a script wrote past the cache comes to light.
 *   <li>More users are read than the near cache may hold. It stays bounded, and the hot ones stay near.
 *   <li>A node is killed with {@code kill -9}. The others go on; it comes back, and the store is warm.
 *   <li>50 readers on each node ask for one cold user at once. The database sees one query.
 * </ol>
 *
 * <p>The exit status is 0 if every step holds, and 1 otherwise. {@code story.json} tells the same to programs. However
 * this JVM ends, no process is left behind; and it ends when the process that started it does.
 */
public final class Story {

    private static final List<Column> SUMMARY = List.of(
            Column.number(1), Column.text(33), Column.text(31), Column.text(31), Column.text(6), Column.number(8));

    private final Screen screen;
    private final StoreKind store;
    private final Path target;
    private final Path logs;
    private final StoryCluster cluster;
    private final List<Outcome> outcomes = new ArrayList<>();
    private Map<String, String> versions = Map.of();
    private volatile boolean interrupted;

    private Story(Screen screen, StoreKind store, Path target, Path logs) {
        this.store = store;
        this.screen = screen;
        this.target = target;
        this.logs = logs;
        this.cluster = new StoryCluster(store, logs);
    }

    /**
     * Plays the story.
     *
     * @param arguments the directory for {@code story.json}, and for the logs, in {@code story/}; without one it is {@code
     *     target} of this module, or of the working directory. And {@code --store=redis}, as without it, or {@code
     *     --store=hazelcast}, for which no Redis is started
     */
    public static void main(String[] arguments) throws IOException {
        StoreKind store = StoreKind.REDIS;
        Path target = defaultTarget();
        for (String argument : arguments) {
            if (!argument.startsWith("--")) {
                target = Path.of(argument);
            } else if (argument.startsWith("--store=")) {
                try {
                    store = StoreKind.of(argument);
                } catch (IllegalArgumentException e) {
                    System.err.println(e.getMessage());
                    System.exit(2);
                }
            } else {
                System.err.println("The story knows --store=redis and --store=hazelcast, and not " + argument);
                System.exit(2);
            }
        }
        Path logs = Files.createDirectories(target.resolve("story"));
        deleteFiles(target.resolve("story.json"), logs);
        System.setProperty("logback.configurationFile", "logback-story.xml");
        System.setProperty("story.log", logs.resolve("story.log").toString());
        LoggerFactory.getLogger(Story.class).info("The story begins");
        ParentWatch.start();
        System.exit(new Story(Screen.ofConsole(), store, target, logs).play());
    }

    private int play() throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
        long start = System.nanoTime();
        if (start()) {
            Narrator narrator = new Narrator(cluster, screen);
            narrator.header();
            steps(narrator).forEach(this::play);
        }
        Report report = Report.of(outcomes, (System.nanoTime() - start) / 1_000_000, versions);
        summarize(report);
        cluster.close();
        if (!interrupted) { // else the steps that were left have failed for that
            report.write(target.resolve("story.json"));
        }
        screen.mute();
        return report.ok() ? 0 : 1;
    }

    private List<Step> steps(Narrator narrator) {
        ReadSteps reads = new ReadSteps(cluster, narrator);
        WriteSteps writes = new WriteSteps(narrator);
        return List.of(
                reads.withoutCache(),
                reads.cached(),
                reads.anotherNode(),
                writes.update(),
                writes.aside(),
                reads.shortLife(),
                new ManyUsersStep(cluster, narrator).step(),
                new DeadNodeStep(cluster, narrator).step(),
                new ManyReadersStep(cluster, narrator).step());
    }

    /** Starts all processes. If that fails, it is the only step. */
    private boolean start() {
        boolean own = store == StoreKind.HAZELCAST;
        screen.line(
                own
                        ? "A user service on three nodes, which are a Hazelcast cluster and share a PostgreSQL. Starting them ..."
                        : "A user service on three nodes, which share a Redis and a PostgreSQL. Starting them ...");
        Outcome started = new Step("Start", (own ? "" : "a Redis, ") + "a PostgreSQL and three nodes", () -> {
                    cluster.start();
                    versions = cluster.versions();
                    return new Finding("all of them", true);
                })
                .run();
        if (!started.ok()) {
            outcomes.add(started);
            return false;
        }
        screen.line("Java %s, %s %s, PostgreSQL %s, ready after %s. Logs in %s"
                .formatted(
                        versions.get("Java"),
                        store.label(),
                        versions.get(store.label()),
                        versions.get("PostgreSQL"),
                        seconds(started.millis()),
                        logs));
        screen.line("Took: of a read, the time in the node, without HTTP; of all else, the whole time.");
        screen.line("");
        return true;
    }

    private void play(Step step) {
        screen.headline((outcomes.size() + 1) + ". " + step.name());
        Outcome outcome = step.run();
        outcomes.add(outcome);
        screen.verdict((outcome.ok() ? "ok: " : "FAILED: ") + outcome.seen(), outcome.ok());
    }

    private void summarize(Report report) {
        screen.headline("Summary");
        screen.header(SUMMARY, List.of("", "step", "expected", "seen", "", "took"));
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = outcomes.get(i);
            screen.verdict(
                    SUMMARY,
                    List.of(
                            Integer.toString(i + 1),
                            outcome.name(),
                            outcome.expected(),
                            outcome.seen(),
                            outcome.ok() ? "ok" : "FAILED",
                            seconds(outcome.millis())),
                    outcome.ok());
        }
        screen.line("");
        screen.line("%d of %d steps hold, after %s".formatted(report.held(), report.total(), seconds(report.millis())));
    }

    private void stop() {
        interrupted = true; // or over
        screen.line("Interrupted; ending all processes."); // unless it is over, and the screen muted
        screen.mute();
        cluster.close();
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }

    private static Path defaultTarget() {
        Path module = Path.of("samples");
        return (Files.isDirectory(module) ? module : Path.of("")).resolve("target");
    }

    private static void deleteFiles(Path report, Path logs) throws IOException {
        Files.deleteIfExists(report);
        try (var files = Files.list(logs)) {
            for (Path log : files.toList()) {
                Files.delete(log);
            }
        }
    }
}
