package dev.duet;

import dev.duet.internal.Payloads.Decoded;
import dev.duet.store.Namespace.Request;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.PendingOperation.Requeue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Looks at what is pending, for people and their tools. */
final class DefaultPendingWrites<K, V> implements PendingWrites<K, V> {

    private static final int MOST = 1_000;

    private final CacheCore<K, V> core;
    private final PendingCounts counts;
    private final Guarded<Flusher<K, V>> flusher;
    private final ReadPath<K, V> reads;

    DefaultPendingWrites(CacheCore<K, V> core, WriteBehindPath<K, V> path, ReadPath<K, V> reads) {
        this.core = core;
        this.counts = path.counts;
        this.flusher = new Guarded<>(core.node.lifetime(), path.flusher);
        this.reads = reads;
    }

    @Override
    public long size() {
        return counts.pending();
    }

    @Override
    public boolean flush(Duration timeout) {
        return flusher.open().flush(Durations.check("timeout of flush", timeout));
    }

    @Override
    public List<FailedWrite<K, V>> failed() {
        return parked().stream().map(this::failedWrite).toList();
    }

    private FailedWrite<K, V> failedWrite(PendingWrite write) {
        Decoded<V> decoded = core.payloads.decode(write.key(), write.payload());
        return new FailedWrite<>(
                core.key(write.key().key()),
                decoded == null ? null : decoded.value(),
                write.version(),
                write.attempts(),
                Objects.requireNonNullElse(write.failure(), ""));
    }

    @Override
    public int retryFailed() {
        int retried = 0;
        List<PendingWrite> parked = parked();
        while (!parked.isEmpty()) {
            List<Request<Boolean>> requests = new ArrayList<>(parked.size());
            parked.forEach(write -> requests.add(new Request<>(write.key(), new Requeue())));
            int before = retried;
            for (StoreReply<Boolean> reply :
                    reads.waitFor(steps -> core.node.link().callAll(requests))) {
                if (reply.failure() != null) {
                    throw core.unavailable(null, reply.failure());
                }
                retried += Boolean.TRUE.equals(reply.get()) ? 1 : 0;
            }
            parked = retried > before ? parked() : List.of(); // nothing if others have them tried again too
        }
        return retried;
    }

    private List<PendingWrite> parked() {
        core.node.lifetime().check();
        return core.await(
                core.node.link().start(namespace -> namespace.parked(core.config.storeName(), MOST)),
                core.node.link().deadline(),
                null);
    }
}
