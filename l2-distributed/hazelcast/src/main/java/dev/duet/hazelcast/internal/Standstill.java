package dev.duet.hazelcast.internal;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.spi.exception.SilentException;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperties;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this member was stopped for so long that the others may have given it up. It takes no steps then until it knows: what
 * waited for it, it would carry out over what was acknowledged elsewhere meanwhile, and what it has pending was made there
 * (anomaly A50).
 *
 * <p>It knows when the members that it had are still there some time later, as Hazelcast tells it soon if it was given up; or are
 * there again, as it has joined them. If they are not, it goes on after a minute: they may be dead.
 *
 * <p>Thread-safe.
 */
final class Standstill {

    private static final Logger LOG = LoggerFactory.getLogger("dev.duet.Hazelcast");

    private static final String IN_CONTEXT = "dev.duet.standstill";
    private static final long PERIOD_MILLIS = 250;
    private static final long LONGEST_DOUBT = Duration.ofMinutes(1).toNanos();

    private final long tolerated;
    private final long firstDoubt;
    private volatile long looked;
    private volatile boolean doubtful;
    private long since;
    private Set<UUID> others;

    /**
     * One of a member that is awake.
     *
     * @param tolerated for how long it may be stopped without being given up, in nanoseconds
     * @param firstDoubt after how long it would know that it was, in nanoseconds
     * @param now the steady clock
     * @param others the other members
     */
    Standstill(long tolerated, long firstDoubt, long now, Set<UUID> others) {
        this.tolerated = tolerated;
        this.firstDoubt = firstDoubt;
        this.looked = now;
        this.others = others;
    }

    /**
     * Refuses a step on a member that may have been given up.
     *
     * @throws HazelcastException if it may have been
     */
    static void check(HazelcastInstance member) {
        Object known = member.getUserContext().get(IN_CONTEXT);
        if (known == null) {
            known = member.getUserContext().computeIfAbsent(IN_CONTEXT, name -> watch(member));
        }
        if (((Standstill) known).isDoubtful(System.nanoTime())) {
            throw new DoubtfulMemberException(
                    "the member was stopped, and may have been given up; it answers again once it knows that it belongs to the"
                            + " cluster");
        }
    }

    private static Standstill watch(HazelcastInstance member) {
        HazelcastProperties properties = new HazelcastProperties(member.getConfig());
        long interval = Duration.ofSeconds(properties.getSeconds(ClusterProperty.HEARTBEAT_INTERVAL_SECONDS))
                .toNanos();
        long silence = Duration.ofSeconds(properties.getSeconds(ClusterProperty.MAX_NO_HEARTBEAT_SECONDS))
                .toNanos();
        Standstill standstill = new Standstill(
                Math.max(silence / 2, silence - 3 * interval), 3 * interval, System.nanoTime(), others(member));
        Thread thread = new Thread(() -> standstill.look(member), "duet-hazelcast-standstill");
        thread.setDaemon(true);
        thread.start();
        return standstill;
    }

    private void look(HazelcastInstance member) {
        try {
            while (member.getLifecycleService().isRunning()) {
                look(System.nanoTime(), others(member));
                Thread.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (HazelcastException | IllegalStateException e) {
            LOG.debug("A member that is shut down is not watched any more", e);
        }
    }

    private static Set<UUID> others(HazelcastInstance member) {
        return member.getCluster().getMembers().stream()
                .filter(other -> !other.localMember())
                .map(other -> other.getUuid())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Looks at the clock and at the other members, as is to be done all the time. */
    synchronized void look(long now, Set<UUID> othersNow) {
        if (now - looked > tolerated && !others.isEmpty()) {
            if (!doubtful) {
                LOG.warn(
                        "This member stood still for {} ms, and may have been given up; it takes no steps until it knows",
                        Duration.ofNanos(now - looked).toMillis());
            }
            doubtful = true;
            since = now;
        }
        if (doubtful) {
            long doubted = now - since;
            doubtful = doubted < firstDoubt || (doubted < LONGEST_DOUBT && !othersNow.containsAll(others));
            if (!doubtful) {
                LOG.info("This member takes steps again");
            }
        }
        if (!doubtful) {
            others = othersNow;
        }
        looked = now;
    }

    /** Whether it may have been given up, also if nobody has looked since it was stopped. */
    boolean isDoubtful(long now) {
        return doubtful || (now - looked > tolerated && isOneOfMany());
    }

    private synchronized boolean isOneOfMany() {
        return !others.isEmpty();
    }

    /** Says so to whoever asked. */
    private static final class DoubtfulMemberException extends HazelcastException implements SilentException {
        private static final long serialVersionUID = 1L;

        DoubtfulMemberException(String message) {
            super(message);
        }
    }
}
