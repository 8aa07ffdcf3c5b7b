package dev.duet;

import dev.duet.internal.Waiting;
import dev.duet.local.CoarseClock;
import dev.duet.store.InMemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Nodes on one store in memory, a database of users, and time that stands still unless a test moves it. */
final class Cluster implements AutoCloseable {

    static final Duration TTL = Duration.ofMinutes(1);

    /** A user; {@code version} is the database row's own. */
    record User(long id, String email, long version) {}

    final Map<Long, User> database = new ConcurrentHashMap<>();
    final AtomicInteger loads = new AtomicInteger();
    final AtomicLong storeMicros = new AtomicLong(1_800_000_000_000_000L);
    final InMemoryStore store = InMemoryStore.builder().clock(storeMicros::get).build();
    private final List<Member> members = new ArrayList<>();

    /** One node. */
    final class Member {
        final AtomicLong nanos;
        /** How much further the wall clock went than the monotonic one. */
        private final AtomicLong ahead = new AtomicLong();

        final CoarseClock clock;
        final HookedStore link = new HookedStore(store);
        final Duet duet;
        final TwoLevelCache<Long, User> users;
        private volatile CacheLoader<Long, User> loader = Cluster.this::select;
        final FakeScheduler scheduler;
        final Background background = new Background();
        /** What chance comes to, from 0 to 1. */
        volatile double random = 0.5;

        /** What the pauses took so far that were {@linkplain #timePauses timed}. */
        final List<Duration> pauses = new CopyOnWriteArrayList<>();

        private volatile LongConsumer pause = nanos -> advance(Duration.ofNanos(nanos));
        private final List<CompletableFuture<?>> ends = new CopyOnWriteArrayList<>();
        private volatile boolean timed;
        private volatile boolean passing;
        private volatile Runnable waits = () -> {};

        Member(long origin, UnaryOperator<DuetBuilder> node, UnaryOperator<CacheBuilder<Long, User>> settings) {
            nanos = new AtomicLong(origin);
            clock = CoarseClock.manual(nanos::get, () -> (nanos.get() - origin + ahead.get()) / 1_000_000);
            scheduler = new FakeScheduler(nanos::get);
            String name = "n" + (members.size() + 1);
            duet = node.apply(Duet.builder()
                            .store(link)
                            .partitions(1)
                            .machinery(new Machinery(
                                    name,
                                    clock,
                                    ForkJoinPool.commonPool(),
                                    scheduler,
                                    new PausingElsewhere(),
                                    background,
                                    () -> random,
                                    false)))
                    .build();
            users = settings.apply(duet.cache("users", Long.class, User.class)
                            .expireAfterWrite(TTL)
                            .ttlJitter(0)
                            .refreshBeta(0)
                            .loader(key -> loader.load(key)))
                    .build();
        }

        /** Loads in this way, once; then as usual. */
        void loadNext(CacheLoader<Long, User> next) {
            loader = key -> {
                loader = Cluster.this::select;
                return next.load(key);
            };
        }

        /** Loads in this way from now on. */
        void load(CacheLoader<Long, User> newLoader) {
            loader = newLoader;
        }

        /** From now on a pause ends when the test lets its time pass. */
        void timePauses() {
            timed = true;
        }

        /** How many timed pauses have neither ended nor been cancelled. */
        long openPauses() {
            return ends.stream().filter(end -> !end.isDone()).count();
        }

        /** From now on time passes while a thread waits that has nothing to do. */
        void passTimeWhileWaiting() {
            passing = true;
        }

        /** Waits in this way from now on; until then a pause lets the time pass everywhere. */
        void pause(LongConsumer newPause) {
            pause = newPause;
        }

        /** Does this when a thread waits next. */
        void whenWaiting(Runnable newWaits) {
            waits = () -> {
                waits = () -> {};
                newWaits.run();
            };
        }

        /** The email of a user, or null if there is no such user. */
        @Nullable
        String email(long id) {
            User user = users.get(id);
            return user == null ? null : user.email();
        }

        /** Whether the near cache serves the user. */
        boolean isNear(long id) {
            long hits = users.stats().nearHits();
            users.getIfPresent(id);
            return users.stats().nearHits() > hits;
        }

        /** Lets time pass for this node, and does what falls due. */
        void advanceAlone(Duration by) {
            long end = nanos.get() + by.toNanos();
            while (scheduler.nextDue() <= end) {
                nanos.set(Math.max(nanos.get(), scheduler.nextDue()));
                clock.tick();
                scheduler.runDue();
            }
            nanos.set(end);
            clock.tick();
        }

        /** Ends the node in the middle of whatever it does. */
        void die() {
            scheduler.shutdownNow();
            duet.close();
        }

        /** Lets time pass while the node is stopped, and then its clock tick once; nothing else of it has run yet. */
        void stop(Duration by) {
            nanos.addAndGet(by.toNanos());
            clock.tick();
        }

        /** Lets time pass everywhere while the node's machine is suspended; nothing of the node has run yet. */
        void suspend(Duration by) {
            setForward(by);
            storeMicros.addAndGet(by.toNanos() / 1_000);
            members.stream().filter(member -> member != this).forEach(member -> member.advanceAlone(by));
        }

        /** Sets the wall clock of the node's machine forward. */
        void setForward(Duration by) {
            ahead.addAndGet(by.toNanos());
        }

        /** Waits for results as threads do, and pauses as the test says. */
        private final class PausingElsewhere implements Waiting {
            @Override
            public <T> T await(CompletableFuture<T> result, long limit)
                    throws InterruptedException, ExecutionException, TimeoutException {
                waits.run();
                boolean passes = passing || link.isSilent();
                for (int i = 0; passes && limit == FOREVER && !result.isDone() && i < 10_000; i++) {
                    advance(Duration.ofMillis(10));
                }
                if (link.isSilent() && limit != FOREVER && !result.isDone()) {
                    advance(Duration.ofNanos(limit));
                    throw new TimeoutException();
                }
                return limit == FOREVER ? result.get() : result.get(limit, TimeUnit.NANOSECONDS);
            }

            @Override
            public CompletableFuture<@Nullable Void> pause(long time) {
                if (timed) {
                    CompletableFuture<@Nullable Void> timedPause =
                            Waiting.blocking(scheduler).pause(time);
                    pauses.add(Duration.ofNanos(time));
                    ends.add(timedPause);
                    return timedPause;
                }
                pause.accept(time);
                return CompletableFuture.completedFuture(null);
            }
        }
    }

    Member node() {
        return node(0, settings -> settings);
    }

    Member node(long clockOrigin, UnaryOperator<CacheBuilder<Long, User>> settings) {
        return node(clockOrigin, node -> node, settings);
    }

    Member node(long clockOrigin, UnaryOperator<DuetBuilder> node, UnaryOperator<CacheBuilder<Long, User>> settings) {
        Member member = new Member(clockOrigin, node, settings);
        members.add(member);
        return member;
    }

    /** Commits a row. */
    void commit(long id, String email) {
        database.merge(id, new User(id, email, 1), (old, fresh) -> new User(id, email, old.version() + 1));
    }

    /** Lets time pass for the store alone. */
    void advanceStore(Duration by) {
        storeMicros.addAndGet(by.toNanos() / 1_000);
    }

    @Nullable
    User select(long id) {
        loads.incrementAndGet();
        return database.get(id);
    }

    /** Lets time pass everywhere. */
    void advance(Duration by) {
        storeMicros.addAndGet(by.toNanos() / 1_000);
        members.forEach(member -> member.advanceAlone(by));
    }

    /** Lets time pass everywhere, little by little, so that what a node does in time is in time for the others. */
    void advanceSlowly(Duration by) {
        Duration step = Duration.ofMillis(10);
        Duration left = by;
        for (; left.compareTo(step) > 0; left = left.minus(step)) {
            advance(step);
        }
        advance(left);
    }

    /** Runs on another thread, and returns what it returned; fails rather than waiting for ever. */
    static <T extends @Nullable Object> T elsewhere(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = new Thread(future, "elsewhere");
        thread.setDaemon(true);
        thread.start();
        return future.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        members.forEach(member -> member.duet.close());
    }
}
