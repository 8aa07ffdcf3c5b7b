package dev.duet.local;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.StampedLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToIntBiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map in the heap of one JVM that never serves what an invalidation has made stale. It holds copies of what
 * the store answered; losing one costs a read of the store and nothing else.
 *
 * <p>A <em>version</em> here is the head of the key's partition at which the store's answer was true, not the version
 * that the record itself was stored at. So a value that was read after a floor was raised is kept, although its record
 * may be much older than that floor. Versions are not negative, and compare within a partition only.
 *
 * <p>A reader that misses takes a {@linkplain #ticket ticket}, then reads the store, then {@linkplain #fill fills}:
 *
 * <pre>{@code
 * User user = near.lookup(key);
 * if (user == null) {
 *     long ticket = near.ticket(key);
 *     long asked = clock.read();
 *     Answer answer = store.read(key);
 *     near.fill(key, ticket, answer.user(), partition, answer.head(), NearLife.of(asked + bound, asked + ttl));
 * }
 * }</pre>
 *
 * <p>An entry is served before its deadline and at or above the floor of its partition; and moreover only while the node
 * is {@linkplain Freshness fresh}, or the entry is young enough to be trusted without that. So a node that hears of no
 * changes, for whatever reason, serves nothing old (anomalies A08, A28). What is not served is a miss, and stays where it
 * is until a fill replaces it, an invalidation removes it or the bound evicts it: the next audit may make it good, and
 * meanwhile it takes room, which the policy gives to whatever is asked for more often. Times are those of the {@link
 * CoarseClock}, and are kept to its granularity.
 *
 * <p>A value may have a {@linkplain NearLife refresh moment} before its deadline, and be retained after it. {@code lookup}
 * serves while there is nothing else to do, which is most of the time, and leaves the rest to {@link #examine}: whoever
 * misses asks that next. It serves an entry whose refresh moment has passed, and tells one caller, and only one, to load the
 * value anew; for all others, a lookup goes on serving it until the deadline. A caller whose load failed puts off
 * the next attempt with {@link #refreshLater}; or, after the deadline, takes what is {@linkplain #retained retained}
 * and has it {@linkplain #serveStale served as stale} for a while.
 *
 * <p>Which entries stay within the bound is Caffeine's Window TinyLFU to say: recency and frequency, so that a scan
 * does not flush what is hot. Entries may also be dropped for not having been asked for, with or without a deadline and a
 * retention; see {@link NearCacheConfig}.
 *
 * <p>Null keys and values are refused with a {@link NullPointerException}. Safe for use by many threads.
 *
 * @param <K> the keys; immutable in what {@code equals} and {@code hashCode} see
 * @param <V> the values, shared with every reader
 * @implNote What must not happen is that a value read before a change is served after {@code invalidate} for that
 *     change has returned. A fill checks its stripe and inserts inside one {@code compute}, which holds the lock of the
 *     key's bin; an invalidation advances the stripe <em>first</em> and takes that lock <em>second</em>. Whichever
 *     comes to the lock first, the other sees what it did: the fill finds the stripe moved, or the invalidation finds
 *     the entry. The other way round (remove, then advance) a fill fits in between.
 *
 *     <p>The invalidation has to <em>wait</em> for that lock even when the key is absent, so it is a {@code compute}
 *     and never {@code computeIfPresent}: Caffeine answers the latter at once if it does not see the key, and so would
 *     return while a fill is between its check of the stripe and its insertion, leaving the stale entry behind.
 *
 *     <p>The ticket is a volatile read before the store is read, and the stripe is advanced after the store was
 *     changed; a fill whose stripe still matches read the store before any change it has not been told of. Tickets
 *     compare for equality only. Keys that share a stripe void each other's tickets, which costs a miss.
 *
 *     <p>A write of this node's own comes back as a message, often before its reply, and must not void its own ticket.
 *     So an invalidation counts first and then says which change it was for, and {@code replace} reads the two in the
 *     other order: if it finds its own change named, its count is in, and if one is all there is, nothing else happened.
 *     A write that was announced completes at the version of some earlier change, which may have been named before the
 *     ticket was taken; so {@code replaceAnnounced} takes every count for one against it.
 *
 *     <p>A lookup reads the freshness, <em>then</em> the entry, <em>then</em> the floor and the clock. Freshness is
 *     extended after the changes that it vouches for were acted upon, so an entry that is read after it has survived them.
 *     The other way round, a lookup that is held up between the two would serve an entry that was long stale, by a
 *     freshness that was proven after that entry was dropped. An entry is immutable and published whole by Caffeine, and
 *     the floor never sinks: so at the moment at which the floor is read, that entry was not below it.
 *     That check alone keeps the promise of the floor. The one in {@code fill} keeps an entry that is useless from the
 *     start from displacing another; a floor raised right after it makes the new entry a miss like every other.
 *
 *     <p>To claim a refresh, to put it off and to serve as stale is to put another entry in place of the one that is there,
 *     of the same value, version and trust. That happens inside {@code computeIfPresent}, and only if the very entry is
 *     there that the decision was about, by identity or by the name of its value. So none of them brings back what was
 *     dropped: after an invalidation has had the lock, there is nothing to replace. Whatever is in the map at a moment is
 *     there because the fill of its value was let in and no invalidation since has dropped it, as if it had never been
 *     replaced; and so what is said of freshness and floors above holds for it as well. The trust and the end of retention
 *     are never extended. Here {@code computeIfPresent} will do: that a fill under way is not seen does no harm, since
 *     there is nothing to be done to its entry. Nor do these replacements keep {@code invalidateAll} waiting, which removes
 *     the map's node with whatever entry is in it.
 *
 *     <p>Of callers that find a refresh due, each read an entry whose refresh moment had passed; that entry is replaced by
 *     one that has none, under the lock and by identity, so by one of them. An entry that is dropped or replaced between
 *     the read and the claim is claimed by nobody, and the one that was read is served, as it would have been by a lookup.
 *
 *     <p>Of the application's code, only what keys define ({@code equals}, {@code hashCode},
 *     {@code compareTo}) runs under a lock: values are weighed before the {@code compute}, and the weight
 *     is kept in the entry for Caffeine to read; and evictions, which Caffeine reports under the lock, are told by a
 *     task of the housekeeper. So an invalidation is never held up by a weigher or a listener. Values are compared by
 *     identity, never with {@code equals}.
 */
public final class NearCache<K, V> {

    // 32 KiB of counters. With 10,000 invalidations a second and 10 ms from ticket to fill, 1 fill in 40 is in vain.
    private static final int STRIPE_BITS = 12;

    /** A floor that no version reaches, so that a lookup finds out without another check. */
    private static final long CLOSED = Long.MAX_VALUE;

    private final Cache<K, NearEntry<V>> cache;
    private final ConcurrentMap<K, NearEntry<V>> entries;
    private final Policy<K, NearEntry<V>> policy;
    private final @Nullable ToIntBiFunction<? super K, ? super V> weigher;
    private final @Nullable Consumer<? super K> onEviction;
    private final Executor housekeeper;
    private final CoarseClock clock;
    private final Freshness freshness;
    private final AtomicLongArray floors;
    /** By partition, the highest version of what was ever kept. */
    private final AtomicLongArray highest;

    private final AtomicLongArray stripes = new AtomicLongArray(1 << STRIPE_BITS);
    /** For each stripe, which change advanced it last, as {@link #change} has it. */
    private final AtomicLongArray changes = new AtomicLongArray(1 << STRIPE_BITS);

    /** Held for reading while a fill decides and inserts, so that {@link #invalidateAll()} can wait for all of them. */
    private final StampedLock fills = new StampedLock();

    private final LongAdder hits = new LongAdder();
    private final LongAdder evictions = new LongAdder();

    /**
     * Makes an empty near cache. The floor of every partition is zero.
     *
     * @param config the bound, the number of partitions, and what else there is to say
     * @param clock the time that lives are in; stays the caller's to close
     * @param freshness until when entries are served whose own trust has ended
     */
    public NearCache(NearCacheConfig<K, V> config, CoarseClock clock, Freshness freshness) {
        this(config, clock, freshness, ForkJoinPool.commonPool());
    }

    /**
     * Makes an empty near cache. The floor of every partition is zero.
     *
     * @param config the bound, the number of partitions, and what else there is to say
     * @param clock the time that lives are in; stays the caller's to close
     * @param freshness until when entries are served whose own trust has ended
     * @param housekeeper does the bookkeeping and the evictions that are pending, and tells of these: a {@link Housekeeper},
     *     or for lack of one the common pool
     */
    public NearCache(NearCacheConfig<K, V> config, CoarseClock clock, Freshness freshness, Executor housekeeper) {
        this.clock = Objects.requireNonNull(clock, "clock");
        this.freshness = Objects.requireNonNull(freshness, "freshness");
        this.weigher = config.weigher();
        this.onEviction = config.onEviction();
        this.housekeeper = Objects.requireNonNull(housekeeper, "housekeeper");
        this.floors = new AtomicLongArray(config.partitions());
        this.highest = new AtomicLongArray(config.partitions());
        this.cache = bounded(config, clock)
                .executor(housekeeper)
                .<K, NearEntry<V>>evictionListener((key, entry, cause) -> evicted(key, cause))
                .build();
        this.entries = cache.asMap();
        this.policy = cache.policy();
    }

    /**
     * The value to serve for a key, if there is one and nothing else is to be done: not past its refresh moment or its
     * deadline, not below its partition's floor, and trusted or fresh. Counts a {@linkplain #hits() hit} if so. Takes no
     * lock and allocates nothing.
     *
     * @param key the key
     * @return the value, or null for a miss or something to {@linkplain #examine examine}
     */
    public @Nullable V lookup(K key) {
        Objects.requireNonNull(key, "key");
        long fresh = freshness.until();
        NearEntry<V> entry = entries.get(key);
        if (entry == null || entry.version() < floors.get(entry.partition())) {
            return null;
        }
        long now = clock.now();
        if (now >= entry.calmUntil() || (now >= fresh && now >= entry.trusted())) {
            return null;
        }
        hits.increment();
        return entry.value();
    }

    /**
     * What to serve for a key that a {@linkplain #lookup lookup} has just found nothing for: an entry that is not past its
     * deadline, not below its partition's floor, and trusted or fresh. Counts a hit if so. To the policy that says what
     * stays within the bound it is one use with the lookup before.
     *
     * <p>If the entry's refresh moment has passed, one caller is told so, who is then to load the value anew: nobody else
     * is told for this entry, until {@link #refreshLater} sets another moment.
     *
     * @param key the key
     * @return the hit, or null for a miss
     */
    @SuppressWarnings("ReferenceEquality") // this very entry, and none that is like it
    public @Nullable NearHit<V> examine(K key) {
        long fresh = freshness.until();
        NearEntry<V> entry = quietly(key);
        if (entry == null) {
            return null;
        }
        long now = clock.now();
        if (now >= entry.deadline() || !isVouchedFor(entry, fresh, now)) {
            return null;
        }
        boolean refreshDue = now >= entry.calmUntil()
                && replaceIf(key, there -> there == entry, there -> there.refreshedAt(Long.MAX_VALUE));
        hits.increment();
        return entry.hit(now, refreshDue);
    }

    /**
     * What a lookup or an examination would serve for a key, for showing it to somebody: claims no refresh, counts no hit,
     * and is no use to the policy that says what stays within the bound.
     *
     * @param key the key
     * @return the hit, whose refresh is never due; or null for a miss
     */
    public @Nullable NearHit<V> peek(K key) {
        long fresh = freshness.until();
        NearEntry<V> entry = quietly(key);
        long now = clock.now();
        return (entry == null || now >= entry.deadline() || !isVouchedFor(entry, fresh, now))
                ? null
                : entry.hit(now, false);
    }

    /**
     * The entry of a key whether its deadline is past or not, as long as it is retained, not below its partition's floor,
     * and trusted or fresh: for want of something better, when a load has failed. Never one that was invalidated. Counts
     * nothing, and is no use to the policy that says what stays within the bound.
     *
     * @param key the key
     * @return the hit, stale if its deadline is past, whose refresh is never due; or null if there is none
     */
    public @Nullable NearHit<V> retained(K key) {
        long fresh = freshness.until();
        NearEntry<V> entry = quietly(key);
        long now = clock.now();
        return (entry == null || now >= entry.retainedUntil() || !isVouchedFor(entry, fresh, now))
                ? null
                : entry.hit(now, false);
    }

    private @Nullable NearEntry<V> quietly(K key) {
        return policy.getIfPresentQuietly(Objects.requireNonNull(key, "key"));
    }

    /** Whether an entry is at or above its floor, and trusted or fresh; by a freshness that was read before the entry. */
    private boolean isVouchedFor(NearEntry<V> entry, long fresh, long now) {
        return entry.version() >= floors.get(entry.partition()) && (now < fresh || now < entry.trusted());
    }

    /**
     * Sets the refresh moment of an entry, after a refresh of it was claimed and has failed. Does nothing if the entry is
     * gone, or is of another value by now. Neither extends the entry's life nor makes a miss good.
     *
     * @param key the key
     * @param writtenAt how the store names the value that was to be refreshed
     * @param at the next refresh moment, in nanoseconds of the near cache's clock; at or after the deadline, as {@link
     *     Long#MAX_VALUE} is, for none
     */
    public void refreshLater(K key, long writtenAt, long at) {
        Objects.requireNonNull(key, "key");
        replaceIf(key, there -> there.writtenAt() == writtenAt, there -> there.refreshedAt(at));
    }

    /**
     * Serves an entry as stale from now on, after its deadline and within its retention, if the entry is still of the very
     * value that was retained. It remains subject to its floor, to trust and freshness, and to invalidations. One whose
     * life is not over is left alone; one that is being served as stale already gets the new time.
     *
     * @param key the key
     * @param hit what {@link #retained} returned
     * @param until when to stop serving it, in nanoseconds of the near cache's clock; the end of its retention if that is
     *     sooner
     * @return whether the entry is there, and has got a deadline that is to come
     */
    public boolean serveStale(K key, NearHit<V> hit, long until) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(hit, "hit");
        long now = clock.now();
        return now < until
                && replaceIf(
                        key,
                        there -> there.isOf(hit)
                                && (now >= there.deadline() || there.isStale())
                                && now < there.retainedUntil(),
                        there -> there.staleUntil(until));
    }

    /** Puts another entry in place of the one that is there, if it is the right one; says whether it did. */
    private boolean replaceIf(K key, Predicate<NearEntry<V>> isRight, UnaryOperator<NearEntry<V>> other) {
        boolean[] replaced = new boolean[1];
        entries.computeIfPresent(key, (k, there) -> {
            replaced[0] = isRight.test(there);
            return replaced[0] ? other.apply(there) : there;
        });
        return replaced[0];
    }

    /**
     * A ticket to {@linkplain #fill fill} with, good until the key is next invalidated. To be taken <em>before</em> the
     * store is read; it holds nothing, and need not be given back.
     *
     * @param key the key that is about to be read
     * @return the ticket; any number, only good for this key
     */
    public long ticket(K key) {
        return stripes.get(stripe(key));
    }

    /**
     * Keeps what the store answered, unless it may be stale: that is, if the key has not been invalidated since the
     * ticket was taken, and neither the entry there, nor the floor, nor the deadline says otherwise. An entry of the
     * same version is replaced.
     *
     * @param key the key
     * @param ticket from {@link #ticket}, taken before the store was read
     * @param value what the store answered
     * @param partition the key's partition, from zero
     * @param version the head of the partition at which the answer was true
     * @param life until when to keep the value, and on which terms; kept as it is, not copied
     * @return what became of it
     * @throws IndexOutOfBoundsException if there is no such partition
     * @throws IllegalArgumentException if the weigher says that the value weighs less than nothing
     */
    public FillOutcome fill(K key, long ticket, V value, int partition, long version, NearLife life) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        Objects.checkIndex(partition, floors.length());
        Fill fill =
                new Fill(stripe(key), ticket, NearEntry.of(value, version, life, partition, weigh(key, value)), false);
        insert(key, partition, version, fill);
        return fill.outcome;
    }

    /**
     * Keeps what this node has just stored itself, in place of what it may have: voids the tickets of fills under way, as
     * an invalidation does, and drops what is there even if the new value cannot be kept. All of it is one step, so that
     * no reader that began before the write gets its value in behind it (anomaly A25). That the write's own message may
     * have come first does no harm. An entry of a higher version goes too: mostly it knows of this write, but it may also be
     * from before the store went back in time (A17).
     *
     * @param key the key
     * @param ticket from {@link #ticket}, taken before the value was sent to the store
     * @param value what was stored
     * @param partition the key's partition, from zero
     * @param version the version of the change
     * @param life as for {@link #fill}
     * @return what became of it
     * @throws IndexOutOfBoundsException if there is no such partition
     * @throws IllegalArgumentException if the weigher says that the value weighs less than nothing
     */
    public FillOutcome replace(K key, long ticket, V value, int partition, long version, NearLife life) {
        return replace(key, ticket, value, partition, version, life, true);
    }

    /**
     * As {@link #replace}, for a value whose storing was no change, as its write was announced before: no message of it is to
     * come, and any invalidation since the ticket counts against it. The message of the announcement does too, if it comes as
     * late as that, which costs a miss.
     *
     * @param ticket from {@link #ticket}, taken between the announcement and the sending of the value
     * @param version the head of the partition at which the value was stored
     */
    public FillOutcome replaceAnnounced(K key, long ticket, V value, int partition, long version, NearLife life) {
        return replace(key, ticket, value, partition, version, life, false);
    }

    private FillOutcome replace(
            K key, long ticket, V value, int partition, long version, NearLife life, boolean isChange) {
        Objects.requireNonNull(value, "value");
        Objects.checkIndex(partition, floors.length());
        NearEntry<V> candidate = NearEntry.of(value, version, life, partition, weigh(key, value));
        Fill fill = new Fill(stripe(key), ticket, candidate, isChange);
        insert(key, partition, version, (k, current) -> {
            NearEntry<V> kept = fill.apply(k, current);
            stripes.incrementAndGet(fill.stripe);
            return fill.outcome == FillOutcome.FILLED ? kept : null;
        });
        return fill.outcome;
    }

    private void insert(
            K key,
            int partition,
            long version,
            BiFunction<K, @Nullable NearEntry<V>, @Nullable NearEntry<V>> decision) {
        highest.accumulateAndGet(partition, version, Math::max); // before anybody can be served it
        long stamp = fills.readLock();
        try {
            entries.compute(key, decision);
        } finally {
            fills.unlockRead(stamp);
        }
    }

    /**
     * Acts on a change that the store made: voids the tickets of fills under way, and drops the entry if it is older
     * than the change. An entry of that version or above knows of the change already and stays; so a node's own
     * message, coming after its own fill, evicts nothing (anomaly A39).
     *
     * @param key the key, cached or not
     * @param partition the key's partition, from zero
     * @param version the version of the change
     */
    public void invalidate(K key, int partition, long version) {
        int stripe = stripe(key);
        stripes.incrementAndGet(stripe);
        changes.set(stripe, change(partition, version));
        entries.compute(key, (k, entry) -> (entry == null || entry.version() < version) ? null : entry);
    }

    /**
     * Drops a key whatever its version, and voids the tickets of fills under way: for a write of this node's own, whose
     * version it does not know yet.
     *
     * @param key the key, cached or not
     */
    public void invalidate(K key) {
        stripes.incrementAndGet(stripe(key));
        entries.compute(key, (k, entry) -> null);
    }

    /**
     * Drops every key, and voids the tickets of all fills under way: for a write of this node's own that concerns them all.
     * Waits for fills that have begun, and costs as much as there are entries.
     */
    public void invalidateAll() {
        long stamp = fills.writeLock();
        try {
            for (int stripe = 0; stripe < stripes.length(); stripe++) {
                stripes.incrementAndGet(stripe);
            }
            cache.invalidateAll();
        } finally {
            fills.unlockWrite(stamp);
        }
    }

    /**
     * Makes a miss of every entry of a partition that has a lower version, and refuses fills of lower versions. One
     * write, however many entries there are. A floor that is already higher stays.
     *
     * @param partition the partition, from zero
     * @param version the lowest version to serve from now on
     * @throws IndexOutOfBoundsException if there is no such partition
     */
    public void raiseFloor(int partition, long version) {
        floors.accumulateAndGet(partition, version, Math::max);
    }

    /** Serves nothing and keeps nothing from now on. What is there takes its room until the near cache is collected. */
    public void close() {
        for (int partition = 0; partition < floors.length(); partition++) {
            floors.set(partition, CLOSED);
        }
    }

    /**
     * The lowest version that is served in a partition.
     *
     * @param partition the partition, from zero
     * @return the highest version that {@link #raiseFloor} was called with, or zero; {@link Long#MAX_VALUE} once this is closed
     * @throws IndexOutOfBoundsException if there is no such partition
     */
    public long floor(int partition) {
        return floors.get(partition);
    }

    /**
     * The highest version of a partition that {@link #fill} or {@link #replace} was ever called with: whoever keeps the
     * versions has been that far, though this node may not have heard of it otherwise.
     *
     * @param partition the partition, from zero
     * @return that version, or zero
     * @throws IndexOutOfBoundsException if there is no such partition
     */
    public long highest(int partition) {
        return highest.get(partition);
    }

    /**
     * About how many entries there are, those included that are no longer served. Exact after {@link #cleanUp()} if
     * nothing else happens.
     *
     * @return the number of entries
     */
    public long estimatedSize() {
        return cache.estimatedSize();
    }

    /**
     * About how much the entries weigh together, those included that are no longer served. Every entry weighs one in a
     * near cache that is bounded by size.
     *
     * @return the total weight, in the unit of the weigher
     */
    public long weightedSize() {
        return cache.policy().eviction().orElseThrow().weightedSize().orElseGet(cache::estimatedSize);
    }

    /** Does the bookkeeping and the evictions that are pending, on the calling thread: for tests and statistics. */
    public void cleanUp() {
        cache.cleanUp();
    }

    /**
     * How many lookups and examinations found a value to serve.
     *
     * @return the number since the near cache was made
     */
    public long hits() {
        return hits.sum();
    }

    /**
     * How many entries were evicted to keep within the bound. Neither invalidated and replaced entries count, nor those
     * that were dropped for not having been asked for.
     *
     * @return the number since the near cache was made
     */
    public long evictions() {
        return evictions.sum();
    }

    private static int stripe(Object key) {
        Objects.requireNonNull(key, "key");
        return (key.hashCode() * 0x9E3779B9) >>> (Integer.SIZE - STRIPE_BITS);
    }

    /** A change as one number; no two changes of a time share one, as there are at most 4,096 partitions. */
    private static long change(int partition, long version) {
        return version * 4_096 + partition;
    }

    private int weigh(K key, V value) {
        if (weigher == null) {
            return 1;
        }
        int weight = weigher.applyAsInt(key, value);
        if (weight < 0) {
            throw new IllegalArgumentException("weigher returned " + weight + "; return zero or more");
        }
        return weight;
    }

    /** Called by Caffeine under the lock of the key's bin: so the application is told later. */
    private void evicted(@Nullable K key, RemovalCause cause) {
        if (cause != RemovalCause.SIZE) {
            return; // not asked for in a long time: it gave way to nothing
        }
        evictions.increment();
        if (onEviction != null && key != null) {
            Consumer<? super K> listener = onEviction;
            housekeeper.execute(() -> tell(listener, key));
        }
    }

    private static <K> void tell(Consumer<? super K> listener, K key) {
        try {
            listener.accept(key);
        } catch (RuntimeException e) {
            // Whoever listens is the one to log. Let through, it would end up in the housekeeper, who can do nothing
            // either.
        }
    }

    private static Caffeine<Object, Object> bounded(NearCacheConfig<?, ?> config, CoarseClock clock) {
        Caffeine<Object, Object> builder = Caffeine.newBuilder();
        Long maximumWeight = config.maximumWeight();
        if (maximumWeight != null) {
            builder.maximumWeight(maximumWeight).weigher((key, entry) -> ((NearEntry<?>) entry).weight());
        } else {
            builder.maximumSize(Objects.requireNonNull(config.maximumSize()));
        }
        Duration expireAfterAccess = config.expireAfterAccess();
        if (expireAfterAccess != null) {
            builder.expireAfterAccess(expireAfterAccess).ticker(clock::now);
        }
        return builder;
    }

    /** A fill at the moment of decision; runs once, under the lock of the key's bin. */
    private final class Fill implements BiFunction<K, @Nullable NearEntry<V>, @Nullable NearEntry<V>> {
        private final int stripe;
        private final long ticket;
        private final NearEntry<V> candidate;
        private final boolean own;
        private FillOutcome outcome = FillOutcome.INVALIDATED;

        Fill(int stripe, long ticket, NearEntry<V> candidate, boolean own) {
            this.stripe = stripe;
            this.ticket = ticket;
            this.candidate = candidate;
            this.own = own;
        }

        @Override
        public @Nullable NearEntry<V> apply(K key, @Nullable NearEntry<V> current) {
            outcome = decide(current);
            return (outcome == FillOutcome.FILLED) ? candidate : current;
        }

        /** Whether the key may have been invalidated since the ticket, by anything but the write's own message. */
        private boolean isVoid() {
            boolean told = own && changes.get(stripe) == change(candidate.partition(), candidate.version());
            return stripes.get(stripe) != (told ? ticket + 1 : ticket);
        }

        private FillOutcome decide(@Nullable NearEntry<V> current) {
            if (isVoid()) {
                return FillOutcome.INVALIDATED;
            }
            if (current != null && current.version() > candidate.version()) {
                return FillOutcome.OLDER;
            }
            long floor = floors.get(candidate.partition());
            if (candidate.version() < floor || floor == CLOSED) {
                return FillOutcome.BELOW_FLOOR;
            }
            if (clock.now() >= candidate.deadline()) {
                return FillOutcome.EXPIRED;
            }
            return FillOutcome.FILLED;
        }
    }
}
