package dev.duet.testkit;

import dev.duet.testkit.internal.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a {@link FaultProxy}, which owns its sockets and all its state. Other threads hand it tasks with
 * {@link #call} and wait for them.
 */
final class ProxyLoop {

    private static final Logger logger = LoggerFactory.getLogger(ProxyLoop.class);
    private static final int PORTS_TO_TRY = 5;
    private static final int BACKLOG = 128;

    private InetSocketAddress target;
    private final Selector selector;
    private final Thread thread;
    private final InetSocketAddress address;
    private final Faults faults = new Faults();
    private final List<Link> links = new ArrayList<>();
    private final List<Hold> holds = new ArrayList<>();
    private final Queue<Runnable> tasks = new ArrayDeque<>(); // guarded by itself, with closed
    private boolean closed;
    private @Nullable ServerSocketChannel listener;
    private long accepted;

    private ProxyLoop(InetSocketAddress target, Selector selector) throws IOException {
        this.target = target;
        this.selector = selector;
        address = listenOnFreePort();
        thread = new Thread(this::loop, "fault-proxy-" + address.getPort());
        thread.setDaemon(true);
    }

    static ProxyLoop start(InetSocketAddress target) throws IOException {
        Selector selector = Selector.open();
        try {
            ProxyLoop loop = new ProxyLoop(target, selector);
            loop.thread.start();
            return loop;
        } catch (IOException | RuntimeException e) {
            selector.close();
            throw e;
        }
    }

    int port() {
        return address.getPort();
    }

    /** The faults of all connections. On the loop's thread only, as all that follows but call, run and close. */
    Faults faults() {
        return faults;
    }

    /** Sends the connections that are accepted from now on to another server. */
    void redirect(InetSocketAddress target) {
        this.target = target;
    }

    Selector selector() {
        return selector;
    }

    /** The connections that have not ended. */
    Collection<Link> links() {
        return links;
    }

    /** Those that wait for their marker. */
    List<Hold> holds() {
        return holds;
    }

    /** The first hold of which the marker is in bytes that a client sent after others; it waits no longer. */
    Optional<Hold> begun(String before, byte[] bytes) {
        Optional<Hold> begun =
                holds.stream().filter(hold -> hold.beginsWith(before, bytes)).findFirst();
        begun.ifPresent(holds::remove);
        return begun;
    }

    void listen() {
        if (listener != null) {
            return;
        }
        try {
            listen(address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void stopListening() {
        if (listener != null) {
            closeQuietly(listener);
            listener = null;
        }
    }

    /** Runs a task on the loop's thread and waits for its effect; see {@link #call}. */
    void run(Runnable task) {
        call(() -> {
            task.run();
            return true;
        });
    }

    /**
     * Runs a task on the loop's thread and waits for its result and its effect on sockets.
     *
     * @throws IllegalStateException if the loop is closed
     */
    <T> T call(Supplier<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        synchronized (tasks) {
            if (closed) {
                throw new IllegalStateException("The proxy is closed");
            }
            tasks.add(() -> perform(task, result));
        }
        selector.wakeup();
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    void close() {
        synchronized (tasks) {
            closed = true;
        }
        selector.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> void perform(Supplier<T> task, CompletableFuture<T> result) {
        if (!selector.isOpen()) {
            result.completeExceptionally(new IllegalStateException("The proxy is closed"));
            return;
        }
        try {
            T value = task.get();
            links.removeIf(link -> !link.isOpen());
            selector.selectNow(); // a registered socket that was closed is closed for good by the next selection
            result.complete(value);
        } catch (IOException | RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    private void loop() {
        try {
            while (runTasks()) {
                long wait = pump();
                if (wait == Long.MAX_VALUE) {
                    selector.select();
                } else {
                    selector.select(TimeUnit.NANOSECONDS.toMillis(wait) + 1);
                }
                selector.selectedKeys().forEach(this::handle);
                selector.selectedKeys().clear();
            }
        } catch (IOException | RuntimeException e) {
            logger.error("The proxy on port {} fails", port(), e);
        } finally {
            shutDown();
        }
    }

    private boolean runTasks() {
        while (true) {
            Runnable task;
            synchronized (tasks) {
                task = tasks.poll();
                if (task == null) {
                    return !closed;
                }
            }
            task.run();
        }
    }

    /** Moves what is due on all connections; returns in how many nanoseconds something is due next. */
    private long pump() {
        long now = System.nanoTime();
        long next = Long.MAX_VALUE;
        for (Link link : links) {
            next = Math.min(next, link.pump(now));
        }
        links.removeIf(link -> !link.isOpen());
        return next;
    }

    private void handle(SelectionKey key) {
        if (!key.isValid()) {
            return;
        }
        if (key.attachment() instanceof Link link) {
            link.handle(key);
        } else if (key.isAcceptable()) {
            accept((ServerSocketChannel) key.channel());
        }
    }

    private void accept(ServerSocketChannel channel) {
        try {
            SocketChannel client = channel.accept();
            if (client != null) {
                links.add(Link.open(this, ++accepted, client, target));
            }
        } catch (ConnectException e) {
            logger.debug("{} refuses a connection", target, e);
        } catch (IOException e) {
            logger.warn("The proxy on port {} loses a connection", port(), e);
        }
    }

    private InetSocketAddress listenOnFreePort() throws IOException {
        for (int i = 1; ; i++) {
            InetSocketAddress candidate = new InetSocketAddress(Ports.loopback(), Ports.free());
            try {
                listen(candidate);
                return candidate;
            } catch (BindException e) {
                if (i == PORTS_TO_TRY) {
                    throw e;
                }
            }
        }
    }

    private void listen(InetSocketAddress at) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(at, BACKLOG);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_ACCEPT);
            listener = channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private void shutDown() {
        synchronized (tasks) {
            closed = true;
        }
        stopListening();
        links.forEach(Link::abort);
        links.clear();
        closeQuietly(selector); // closes for good what was registered
        runTasks();
    }

    static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            logger.debug("Closing {}", resource, e);
        }
    }
}
