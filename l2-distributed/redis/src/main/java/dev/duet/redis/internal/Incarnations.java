package dev.duet.redis.internal;

import dev.duet.redis.internal.Script.Text;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.RecordKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that no script of a namespace runs on a server whose data may be of before lost changes (anomalies A16, A17).
 * Thread-safe.
 *
 * <p>A server that was restarted, from a snapshot or empty, or a replica that was promoted, has another run id than the
 * one under which a partition was last started over. <em>Joining</em> starts over each partition of which that is so, in
 * one atomic step for each. It costs the store's contents, and is idempotent over all nodes.
 *
 * <p>Implementation note. What makes a node join is that a server does not know a script. It cannot know one by chance:
 * the text, and so the digest, has the run id in it on which the node joined. No other namespace, no other database and no
 * earlier life as a master has left it there. A replica of Redis before 7 gets its master's scripts when it is synchronized in
 * full; there the text itself asks for the run id, and says that it is unknown on any other. It is sent whole only after a join that began after the server said that it
 * did not know it, and then with the run id that this join found. What is left is a server that dies and returns with an
 * older snapshot between the reply to a join and the script that is sent whole: that is found by the next reading of the
 * heads, which asks for run ids too.
 */
final class Incarnations {

    private static final Logger LOG = LoggerFactory.getLogger(Incarnations.class);

    private final Scripts scripts;
    private final Keys keys;
    private final NamespaceConfig config;
    private final ServerClocks clocks;
    private volatile ServerRuns runs;
    private volatile long[] heads;

    /** The latest join that has begun; guarded by this. */
    private CompletableFuture<Void> current = CompletableFuture.completedFuture(null);

    /** The join that begins after it, or null if nobody wants one; guarded by this. */
    private @Nullable CompletableFuture<Void> next;

    Incarnations(Scripts scripts, Keys keys, NamespaceConfig config, ServerClocks clocks) {
        this.clocks = clocks;
        this.scripts = scripts;
        this.keys = keys;
        this.config = config;
        this.runs = ServerRuns.unknown(config.partitions());
        this.heads = new long[config.partitions()];
    }

    /** The runs that were found at the latest join. */
    ServerRuns runs() {
        return runs;
    }

    /** The heads as they were noted last. */
    long[] heads() {
        return heads;
    }

    /** Takes note of the heads, so that partitions that are started over start above them, whatever the server's clock. */
    void know(long[] heads) {
        this.heads = heads.clone();
    }

    /** Runs a script on a record or a partition, on a server that was joined. */
    <R> CompletableFuture<R> run(Call<R> call, int partition, List<Object> on, @Nullable RecordKey record) {
        Text text = runs.text(call.script(), partition);
        return scripts.run(
                call, text, () -> join().thenApply(joined -> runs.text(call.script(), partition)), on, record);
    }

    /**
     * Runs a script on several partitions that were on one run of one server.
     *
     * @param seen the runs by which the partitions were found to be together
     * @return its reply; fails as {@link Failures#isParted} says if the partitions are on different runs by the time that the
     *     script is to be sent whole
     */
    <R> CompletableFuture<R> runTogether(Call<R> call, List<Integer> partitions, ServerRuns seen, List<Object> on) {
        Text text = seen.text(call.script(), partitions.get(0));
        return scripts.run(call, text, () -> join().thenApply(joined -> together(call, partitions)), on, null);
    }

    private Text together(Call<?> call, List<Integer> partitions) {
        ServerRuns now = runs;
        Text text = now.text(call.script(), partitions.get(0));
        for (int partition : partitions) {
            if (!now.text(call.script(), partition).equals(text)) {
                throw Failures.parted(partitions);
            }
        }
        return text;
    }

    /** As {@link #run}, of many scripts at once. */
    <R> void runAll(List<Pipeline.Entry<R>> entries, Pipeline pipeline) {
        pipeline.run(entries, entry -> runs.text(entry.call().script(), entry.partition()), this::join);
    }

    /**
     * Joins all partitions. Calls share a join that has not begun yet: one under way may have passed a server before the
     * caller learned that it is another one.
     */
    CompletableFuture<Void> join() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> before;
        synchronized (this) {
            if (next != null) {
                return next;
            }
            next = mine;
            before = current;
        }
        CompletableFuture<Void> unused = before.whenComplete((done, failure) -> begin(mine));
        return mine;
    }

    private void begin(CompletableFuture<Void> mine) {
        synchronized (this) {
            current = mine;
            next = null;
        }
        long[] above = heads;
        long sent = clocks.now();
        List<CompletableFuture<ServerRuns.Joined>> found = new ArrayList<>();
        for (int p = 0; p < config.partitions(); p++) {
            found.add(scripts.run(Call.joinServer(above[p]), keys.of(p)));
        }
        CompletableFuture<Void> unused = CompletableFuture.allOf(found.toArray(new CompletableFuture<?>[0]))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        saw(found.stream().map(CompletableFuture::join).toList(), sent);
                        mine.complete(null);
                    } else {
                        mine.completeExceptionally(failure);
                    }
                });
    }

    private void saw(List<ServerRuns.Joined> found, long sent) {
        ServerRuns before = runs;
        ServerRuns now = before.with(found.stream().map(ServerRuns.Joined::run).toList());
        for (int p : now.representatives()) {
            clocks.read(now.of(p), sent, found.get(p).clock(), now.on(now.of(p)));
        }
        clocks.keep(now.ids());
        runs = now;
        if (!before.equals(runs)) {
            LOG.info(
                    "Joined {} for namespace {}: what an earlier run stored counts as absent",
                    now.ids(),
                    config.name());
        }
    }
}
