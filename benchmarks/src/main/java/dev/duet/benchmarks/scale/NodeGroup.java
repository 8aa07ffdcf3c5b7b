package dev.duet.benchmarks.scale;

import dev.duet.testkit.JvmProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Some nodes on one Redis, each a JVM of 256 MB. */
final class NodeGroup implements AutoCloseable {

    private static final int START_MILLIS = 60_000;
    private static final int ANSWER_MILLIS = 120_000;

    private final List<NodeProcess> nodes;

    private NodeGroup(List<NodeProcess> nodes) {
        this.nodes = nodes;
    }

    /** Starts them side by side, and waits until each runs. */
    static NodeGroup start(String redis, int count) throws IOException {
        List<NodeProcess> nodes = new ArrayList<>();
        Map<String, JvmProcess> started = new TreeMap<>();
        try (ServerSocket port = new ServerSocket(0, count, InetAddress.getLoopbackAddress())) {
            port.setSoTimeout(START_MILLIS);
            for (int i = 1; i <= count; i++) {
                String name = "node" + i;
                started.put(
                        name,
                        JvmProcess.start(
                                name,
                                ScaleNode.class,
                                List.of("-Xmx256m"),
                                List.of(redis, Integer.toString(port.getLocalPort()), name)));
            }
            while (!started.isEmpty()) {
                Socket socket = port.accept();
                socket.setSoTimeout(ANSWER_MILLIS);
                BufferedReader in = NodeProcess.reader(socket);
                JvmProcess process = started.remove(in.readLine());
                if (process != null) {
                    nodes.add(new NodeProcess(process, socket, in));
                }
            }
            return new NodeGroup(nodes);
        } catch (SocketTimeoutException e) {
            String output = started.values().iterator().next().output();
            started.values().forEach(JvmProcess::close);
            new NodeGroup(nodes).close();
            throw new IOException(started.keySet() + " did not start: " + output, e);
        } catch (IOException | RuntimeException e) {
            started.values().forEach(JvmProcess::close);
            new NodeGroup(nodes).close();
            throw e;
        }
    }

    int size() {
        return nodes.size();
    }

    /** All of them. */
    List<NodeProcess> all() {
        return nodes;
    }

    /** The node that writes where one alone does. */
    NodeProcess writer() {
        return nodes.get(0);
    }

    /** All but the {@link #writer()}. */
    List<NodeProcess> followers() {
        return nodes.subList(1, nodes.size());
    }

    /** Tells one node something, and waits for its answer. */
    static long[] tell(NodeProcess node, String command) throws IOException {
        node.send(command);
        return node.answer();
    }

    /** Tells all nodes the same at once, and waits for their answers. */
    List<long[]> tellAll(String command) throws IOException {
        return tellAll(nodes, command);
    }

    static List<long[]> tellAll(List<NodeProcess> nodes, String command) throws IOException {
        nodes.forEach(node -> node.send(command));
        List<long[]> answers = new ArrayList<>();
        for (NodeProcess node : nodes) {
            answers.add(node.answer());
        }
        return answers;
    }

    /** The processor time of nodes together. */
    static double processorSeconds(List<NodeProcess> nodes) {
        return nodes.stream().mapToDouble(NodeProcess::processorSeconds).sum();
    }

    @Override
    public void close() throws IOException {
        for (NodeProcess node : nodes) {
            node.close();
        }
    }
}
