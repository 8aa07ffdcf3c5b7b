package dev.duet.benchmarks.coherence;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The system of record: a version for each key, which each write makes one more, in the harness's own memory, by TCP on
 * loopback. It notes when it committed which version, holds readers up, and leaves writers without an answer, as it is told
 * to. A key that was never written has version 1. Thread-safe.
 */
final class Database implements AutoCloseable {

    static final int READ = 'r';
    static final int WRITE = 'w';

    private final ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Map<Long, Commits> keys = new ConcurrentHashMap<>();
    private final Map<Long, Long> heldUp = new ConcurrentHashMap<>();
    private final Map<Long, CountDownLatch> unanswered = new ConcurrentHashMap<>();
    private volatile long lastCommit = System.nanoTime();

    /** Starts it on a free port. */
    Database() throws IOException {
        listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        daemon("database", this::accept);
    }

    /** Where it listens. */
    int port() {
        return listener.getLocalPort();
    }

    /** The present version of a key. */
    long version(long key) {
        return commits(key).last();
    }

    /** When which version of a key was committed, by version. */
    Map<Long, Long> commitTimes(long key) {
        return commits(key).times();
    }

    /** When the last write was committed, of whatever key. */
    long lastCommit() {
        return lastCommit;
    }

    /** Has the next read of a key take so much longer, after it has read. */
    void holdUpNextRead(long key, long millis) {
        heldUp.put(key, millis);
    }

    /** Whether a read of a key is still to come that will be held up. */
    boolean isHeldUp(long key) {
        return heldUp.containsKey(key);
    }

    /** Has the next write of each of these keys commit and get no answer; the latch counts the commits. */
    CountDownLatch leaveUnanswered(Set<Long> doomed) {
        CountDownLatch committed = new CountDownLatch(doomed.size());
        doomed.forEach(key -> unanswered.put(key, committed));
        return committed;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                daemon("database-connection", () -> serve(connection));
            }
        } catch (IOException closed) {
            // as it is meant to be
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(new BufferedInputStream(connection.getInputStream()));
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(connection.getOutputStream()));
            for (int type = in.read(); type != -1; type = in.read()) {
                long key = in.readLong();
                if (type == READ) {
                    out.writeLong(read(key));
                } else {
                    Commits commits = commits(key);
                    synchronized (commits) {
                        out.writeLong(commits.commit());
                        out.writeLong(commits.lastTime);
                    }
                    lastCommit = System.nanoTime();
                    CountDownLatch committed = unanswered.remove(key);
                    if (committed != null) {
                        committed.countDown();
                        new CountDownLatch(1).await(1, TimeUnit.MINUTES);
                        return;
                    }
                }
                out.flush();
            }
        } catch (IOException | InterruptedException ended) {
            // so has its client
        } finally {
            connections.remove(connection);
        }
    }

    private long read(long key) throws InterruptedException {
        long version = commits(key).last();
        Long millis = heldUp.remove(key);
        if (millis != null) {
            TimeUnit.MILLISECONDS.sleep(millis);
        }
        return version;
    }

    private Commits commits(long key) {
        return keys.computeIfAbsent(key, any -> new Commits());
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** The versions of one key. */
    private static final class Commits {

        private final Map<Long, Long> times = new HashMap<>();
        private long last = 1;
        private long lastTime;

        synchronized long commit() {
            last++;
            lastTime = System.nanoTime();
            times.put(last, lastTime);
            return last;
        }

        synchronized long last() {
            return last;
        }

        synchronized Map<Long, Long> times() {
            return Map.copyOf(times);
        }
    }
}
