package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.systems.CacheNode;
import dev.duet.benchmarks.systems.NodeConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A node of a system over the {@link Database}, whose reads and writes are recorded. Values carry the version, as {@code v123},
 * and live for an hour, so that nothing that is stale is mended by the end of its life. Thread-safe.
 */
final class RecordedNode {

    private static final int NEAR_ENTRIES = 10_000;
    private static final Duration LIFE = Duration.ofHours(1);

    private final String name;
    private final DatabaseClient database;
    private final History history;
    private final CacheNode node;

    /** Joins the node. */
    RecordedNode(NodeSettings settings, History history) {
        name = settings.name();
        database = new DatabaseClient(settings.database());
        this.history = history;
        Contestant contestant = Contestant.of(settings.contestant());
        LongFunction<@Nullable String> loader = contestant.isCache()
                ? key -> "v" + database.read(key)
                : key -> "v" + database.lastWritten(key); // a message carries what was written
        node = contestant.start().apply(new NodeConfig(settings.servers(), NEAR_ENTRIES, LIFE, loader));
    }

    /** A call that is made, and recorded unless somebody else has recorded that it failed. */
    interface Call {
        /** Makes the call, and records it if {@code current} still is this call afterwards. */
        void make(AtomicReference<@Nullable Call> current);

        /** Records that it took too long. */
        void recordFailure(long begin, long end);
    }

    /** A read to make. */
    Call read(long key, Read.Kind kind) {
        return new Call() {
            @Override
            public void make(AtomicReference<@Nullable Call> current) {
                long begin = System.nanoTime();
                long version = versionOf(key);
                long end = System.nanoTime();
                if (current.compareAndSet(this, null)) {
                    history.add(new Read(name, key, begin, end, version, kind));
                }
            }

            @Override
            public void recordFailure(long begin, long end) {
                history.add(new Read(name, key, begin, end, Read.FAILED, kind));
            }
        };
    }

    /** A write to make. */
    Call write(long key) {
        return new Call() {
            @Override
            public void make(AtomicReference<@Nullable Call> current) {
                Write write = update(key);
                if (current.compareAndSet(this, null)) {
                    history.add(write);
                }
            }

            @Override
            public void recordFailure(long begin, long end) {
                history.add(new Write(name, key, begin, 0, end, 0, false));
            }
        };
    }

    /** Writes, and records that. */
    Write writeNow(long key) {
        Write write = update(key);
        history.add(write);
        return write;
    }

    /** The version that the node has of a key; {@link Read#FAILED} if it has none. Not recorded. */
    long versionOf(long key) {
        try {
            String value = node.get(key);
            return value == null ? Read.FAILED : Long.parseLong(value, 1, value.length(), 10);
        } catch (RuntimeException e) {
            return Read.FAILED;
        }
    }

    private Write update(long key) {
        AtomicReference<DatabaseClient.Committed> committed = new AtomicReference<>(new DatabaseClient.Committed(0, 0));
        long begin = System.nanoTime();
        boolean acknowledged;
        try {
            node.update(key, () -> committed.set(database.write(key)));
            acknowledged = true;
        } catch (RuntimeException e) {
            acknowledged = false;
        }
        long end = System.nanoTime();
        return new Write(
                name, key, begin, committed.get().time(), end, committed.get().version(), acknowledged);
    }
}
