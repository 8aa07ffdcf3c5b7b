package dev.duet.benchmarks.coherence;

import dev.duet.testkit.JvmProcess;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The processes of a trial: small JVMs that are quick to start, since several share a machine, each of which calls when it runs. */
final class Jvms {

    private static final List<String> OPTIONS = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final int PATIENCE_SECONDS = 60;

    private Jvms() {}

    /** A socket for a process to call. */
    static ServerSocket listen() throws IOException {
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(1_000);
        return listener;
    }

    /** Starts one, and does not wait for it. */
    static JvmProcess start(String name, Class<?> main, List<String> arguments) {
        // It has another working directory.
        String classPath = Arrays.stream(
                        System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator), -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        return JvmProcess.start(name, classPath, main.getName(), OPTIONS, arguments);
    }

    /**
     * Waits for its call.
     *
     * @throws IOException if it ends before, or does not call within a minute, with its output
     */
    static Socket awaitCall(ServerSocket listener, JvmProcess process) throws IOException {
        for (int i = 0; i < PATIENCE_SECONDS && process.isAlive(); i++) {
            try {
                return listener.accept();
            } catch (SocketTimeoutException notYet) {
                // unless it has ended
            }
        }
        throw new IOException("a process does not start; its output:\n" + process.output());
    }
}
