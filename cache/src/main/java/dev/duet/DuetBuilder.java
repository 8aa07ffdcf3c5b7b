package dev.duet;

import dev.duet.store.NamespaceConfig;
import dev.duet.store.Store;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreUnavailableException;
import dev.duet.store.codec.Codecs;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Configures a {@link Duet}. From {@link Duet#builder()}. Each setting is checked when it is made, and an
 * {@link IllegalArgumentException} names it. Not thread-safe.
 */
public final class DuetBuilder {

    private static final Duration LEAST_STALENESS = Duration.ofMillis(100);

    private @Nullable Store store;
    private String namespace = NamespaceConfig.DEFAULT_NAME;
    private int partitions = NamespaceConfig.DEFAULT_PARTITIONS;
    private Duration maxStaleness = Duration.ofSeconds(1);
    private Codecs codecs = Codecs.json();
    private Duration storeTimeout = Duration.ofMillis(500);
    private WhenStoreIsDown whenStoreIsDown = WhenStoreIsDown.PROCEED;
    private int maximumOwedInvalidations = 10_000;
    private boolean failFast = true;
    private @Nullable Executor executor;
    private @Nullable Machinery machinery;

    DuetBuilder() {}

    /** The second level, which all nodes share. Required. The {@code Duet} closes it, even if {@link #build} fails. */
    public DuetBuilder store(Store store) {
        this.store = Objects.requireNonNull(store, "store");
        return this;
    }

    /**
     * The name that keeps applications on one store apart; by default {@code duet}. 1 to 64 letters, digits, '_', '.' or
     * '-'; the first part of every key in the store.
     */
    public DuetBuilder namespace(String namespace) {
        this.namespace = NamespaceConfig.checkName("namespace", namespace);
        return this;
    }

    /**
     * Into how many partitions the keys fall; by default 64. The same on all nodes of a namespace, for as long as it
     * exists. From 1 to 4,096.
     */
    public DuetBuilder partitions(int partitions) {
        this.partitions = new NamespaceConfig(namespace, partitions).partitions();
        return this;
    }

    /**
     * How stale a read may be when everything goes wrong; by default 1 s, at least 100 ms. It is also the term of a
     * writer's intent, for how long a reader may join another's flight, and for how long a near entry is served when nothing
     * is heard from the store. Every quarter of it this node asks the store for its heads.
     */
    public DuetBuilder maxStaleness(Duration bound) {
        this.maxStaleness = Durations.check("maxStaleness", bound, LEAST_STALENESS);
        return this;
    }

    /** Encodes the values of caches that have no codec of their own; by default {@link Codecs#json()}. */
    public DuetBuilder codecs(Codecs codecs) {
        this.codecs = Objects.requireNonNull(codecs, "codecs");
        return this;
    }

    /**
     * How long an operation of the store is waited for; by default 500 ms, at least 1 ms. Many that
     * are sent together have so long again if they are more than 128, and for each 1,000; a call of very many keys is sent in parts,
     * each of which has its own time. A read then goes to its loader, and
     * a write does what {@link #whenStoreIsDown} says. After repeated failures the store is asked no more until it answers
     * a probe.
     */
    public DuetBuilder storeTimeout(Duration timeout) {
        this.storeTimeout = Durations.check("storeTimeout", timeout);
        return this;
    }

    /** What a write does when the store cannot be told of it; by default {@link WhenStoreIsDown#PROCEED}. */
    public DuetBuilder whenStoreIsDown(WhenStoreIsDown whenStoreIsDown) {
        this.whenStoreIsDown = Objects.requireNonNull(whenStoreIsDown, "whenStoreIsDown");
        return this;
    }

    /**
     * How many keys are remembered, one by one, that the store could not be told of; by default 10,000. Of more, their whole
     * caches are invalidated when it answers.
     */
    public DuetBuilder maximumOwedInvalidations(int maximum) {
        if (maximum < 1) {
            throw new IllegalArgumentException("maximumOwedInvalidations must be at least 1, but is " + maximum);
        }
        this.maximumOwedInvalidations = maximum;
        return this;
    }

    /**
     * Whether {@link #build} fails if the store cannot be reached; by default it does. If not, the node starts without the
     * store, as after an outage, and joins it when it can. A store that is reached and refuses, because of a wrong password
     * or another number of partitions, fails the build in either case.
     */
    public DuetBuilder failFast(boolean failFast) {
        this.failFast = failFast;
        return this;
    }

    /**
     * Runs what must not be on a caller's thread: refreshes, loads with timeouts, asynchronous reads and listeners; by default
     * a pool of the node's own, which ends with it. The {@code Duet} does not shut this one down. Its tasks load, and so may
     * block. One that runs tasks on the thread that hands them in is allowed, but then listeners hold up readers, and
     * timeouts do not cut loads short.
     *
     * <p>No size is too small: the node's own pool runs what the executor refuses or drops, and what it does not begin in
     * time. That is 10 ms for a task that a thread is known to wait for, and otherwise a quarter of a second in which the
     * executor begins nothing. So the executor is no bound on how many loads run at a time; have the loader bound them. What
     * would run on a thread that must not block, such as that of the change feed, the pool runs too.
     */
    public DuetBuilder executor(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
        return this;
    }

    /** Takes time, threads and names from there; for tests. */
    DuetBuilder machinery(Machinery machinery) {
        this.machinery = machinery;
        return this;
    }

    /**
     * Joins the namespace and subscribes to its change feed.
     *
     * @throws IllegalStateException if no store is set
     * @throws StoreConfigurationException if the namespace exists with other settings
     * @throws StoreUnavailableException if the store cannot be reached, unless {@link #failFast} is off
     */
    public Duet build() {
        if (store == null) {
            throw new IllegalStateException(
                    "no store is set; set store(…), such as RedisStore.connect(\"redis://127.0.0.1:6379\")");
        }
        return Duet.start(
                store,
                new DuetConfig(
                        new NamespaceConfig(namespace, partitions),
                        maxStaleness,
                        storeTimeout,
                        whenStoreIsDown,
                        maximumOwedInvalidations,
                        failFast,
                        codecs,
                        executor),
                machinery == null ? Machinery.real() : machinery);
    }
}
