package dev.duet.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A JVM of its own that starts a server and then waits to be killed. Its temporary files are all in one directory. */
final class ChildJvm implements AutoCloseable {

    private final Process process;
    private final Path temporary;

    private ChildJvm(Process process, Path temporary) {
        this.process = process;
        this.temporary = temporary;
    }

    /** Starts a JVM that starts a server: {@code redis}, {@code paused-redis}, {@code postgres} or {@code paused-jvm}. */
    static ChildJvm start(String server, Path temporary) throws IOException {
        Path log = Files.createTempFile(temporary, "child", ".log");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildJvm.class.getName(),
                        server))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new ChildJvm(process, temporary);
    }

    public static void main(String[] arguments) throws Exception {
        long pid;
        if (arguments[0].equals("postgres")) {
            pid = PostgresServer.start().pid();
        } else if (arguments[0].equals("paused-jvm")) {
            JvmProcess jvm = JvmProcess.start("jvm", JvmProcessIT.Sleeper.class, List.of(), List.of());
            jvm.pause();
            pid = jvm.pid();
        } else {
            RedisServer redis = RedisServer.start();
            pid = redis.pid();
            if (arguments[0].equals("paused-redis")) {
                redis.pause();
            }
        }
        Path file = Path.of(
                System.getProperty("java.io.tmpdir"),
                "server-of-" + ProcessHandle.current().pid());
        Files.writeString(file, pid + "\n");
        new CountDownLatch(1).await();
    }

    /** Waits until the server runs and returns its process id. */
    long awaitServer() {
        Path file = temporary.resolve("server-of-" + process.pid());
        String pid = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> Files.exists(file) ? Files.readString(file) : "", text -> text.endsWith("\n"));
        return Long.parseLong(pid.strip());
    }

    /** Kills the JVM with SIGKILL. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    /** Whether a process runs; a dead one that its parent has not collected yet does not. */
    static boolean isRunning(long pid) {
        return ProcessHandle.of(pid).flatMap(handle -> handle.info().command()).isPresent();
    }

    /** The processes that name a directory in their command line. */
    static List<String> processesIn(Path directory) {
        return ProcessHandle.allProcesses()
                .map(handle -> handle.info().commandLine())
                .flatMap(Optional::stream)
                .filter(line -> line.contains(directory.toString()) && !line.contains(ChildJvm.class.getName()))
                .toList();
    }

    /** The directories of servers in a temporary directory. */
    static List<Path> serverDirectories(Path temporary) throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file ->
                            file.getFileName().toString().matches("duet-(redis|postgres|jvm)-[0-9a-f]{8}-.*-.*"))
                    .toList();
        }
    }
}
