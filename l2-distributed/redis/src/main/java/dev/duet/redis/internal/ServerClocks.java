package dev.duet.redis.internal;

import dev.duet.store.ClockEstimate;
import dev.duet.store.Window;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clocks of the servers, one for each run, as far as this node knows them; and the partitions in which something may live for
 * too long, since the clock of their server was set back (anomaly A43). Thread-safe.
 *
 * <p>Redis knows no other time than the wall clock of its machine. So the nodes watch it, each by its own monotonic clock, with the
 * readings that come along with the heads. Who sees that it was set back has the partitions of that server started over: what
 * was stored before would outlive its term by as much. One that was set forward ends terms and lives early, which is safe; that is
 * logged.
 */
final class ServerClocks {

    private static final Logger LOG = LoggerFactory.getLogger(ServerClocks.class);

    private final String address;
    private final LongSupplier nanos;
    private final Map<String, ClockEstimate> clocks = new ConcurrentHashMap<>();
    /** Guarded by itself. */
    private final BitSet suspect = new BitSet();

    ServerClocks(String address, LongSupplier nanos) {
        this.address = address;
        this.nanos = nanos;
    }

    /** The node's monotonic clock, in nanoseconds. */
    long now() {
        return nanos.getAsLong();
    }

    /**
     * Takes note of what the clock of a run said.
     *
     * @param sent when that was asked for, as {@link #now} had it
     * @param partitions the partitions that are on the run
     */
    void read(ServerRuns.Run run, long sent, long reading, List<Integer> partitions) {
        long step = clocks.computeIfAbsent(run.id(), id -> new ClockEstimate()).read(sent, now(), reading);
        if (step < 0) {
            LOG.warn(
                    "The clock of Redis at {} was set back by {} ms; what is stored there counts as absent, as it would live for"
                            + " longer than it is to",
                    address,
                    -step / 1_000);
            synchronized (suspect) {
                partitions.forEach(suspect::set);
            }
        } else if (step > 0) {
            LOG.warn(
                    "The clock of Redis at {} was set forward by {} ms, or this machine was suspended; what is stored there ends"
                            + " earlier by as much",
                    address,
                    step / 1_000);
        }
    }

    /** Forgets the runs that no partition is on. */
    void keep(List<String> runs) {
        clocks.keySet().retainAll(runs);
    }

    /** The partitions that are to be started over since a clock was set back. */
    int[] suspects() {
        synchronized (suspect) {
            return suspect.stream().toArray();
        }
    }

    /** A partition was started over. */
    void cleared(int partition) {
        synchronized (suspect) {
            suspect.clear(partition);
        }
    }

    /** As {@link dev.duet.store.Namespace#window}, on a run. */
    Window window(ServerRuns.Run run, long patience) {
        ClockEstimate clock = clocks.get(run.id());
        return clock == null ? Window.ALWAYS : Window.of(clock.at(now()), patience);
    }
}
