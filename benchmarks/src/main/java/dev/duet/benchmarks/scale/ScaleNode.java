package dev.duet.benchmarks.scale;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * One node in a process of its own. It connects to its master's port, names itself, and answers each line with a line; it ends
 * when that connection does.
 */
public final class ScaleNode {

    private ScaleNode() {}

    /** The arguments are the URI of Redis, the master's port and the name of this node. */
    public static void main(String[] args) throws Exception {
        try (Socket master = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]));
                PrintWriter out = new PrintWriter(master.getOutputStream(), true, UTF_8);
                BufferedReader in = new BufferedReader(new InputStreamReader(master.getInputStream(), UTF_8));
                NodeWork work = new NodeWork(args[0])) {
            out.println(args[2]);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(answer(work, line.split(" ", -1)));
            }
        } catch (IOException e) {
            // The master is gone.
        }
    }

    private static String answer(NodeWork work, String[] words) throws Exception {
        long[] numbers = Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
        return switch (words[0]) {
            case "open" -> {
                work.open(Duration.ofMillis(numbers[0]));
                yield "";
            }
            case "fill" -> {
                work.fill();
                yield "";
            }
            case "listen" -> {
                work.listen();
                yield "";
            }
            case "read" -> text(work.readAll());
            case "hit" -> text(work.hit(Duration.ofMillis(numbers[0]), (int) numbers[1]));
            case "write" -> text(work.write(Duration.ofMillis(numbers[0]), (int) numbers[1]));
            case "pace" -> text(work.pace(Duration.ofMillis(numbers[0]), (int) numbers[1]));
            case "once" -> text(work.writeOnce((int) numbers[0], (int) numbers[1]));
            case "heard" -> text(work.heard());
            case "stats" -> text(work.stats());
            default -> throw new IllegalArgumentException("Not a command: " + words[0]);
        };
    }

    private static String text(long... numbers) {
        return LongStream.of(numbers).mapToObj(Long::toString).collect(Collectors.joining(" "));
    }
}
