package dev.duet.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Change;
import dev.duet.store.Content;
import dev.duet.store.InMemoryStore;
import dev.duet.store.LeaseReply;
import dev.duet.store.Namespace;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.PendingReply;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.Store;
import dev.duet.store.Window;
import dev.duet.store.WriteReply;
import dev.duet.testkit.RedisServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the scripts to the operations that they mirror: random sequences run on Redis and in memory must give the same
 * replies, the same log, and leave the same records and queues.
 *
 * <p>Versions are compared by their distance from the head at the start. Terms and lives are either an hour, which does
 * not pass, or a microsecond, which has passed by the next step.
 */
class OperationsDifferentialIT {

    private static final long LONG = 3_600_000_000L;
    private static final long SHORT = 1;
    private static final List<String> TOKENS = List.of("a", "b", "c");
    private static final List<String> CACHES = List.of("users", "orders");
    private static final List<RecordKey> KEYS = CACHES.stream()
            .flatMap(cache -> Stream.of("1", "Zoë 2").map(key -> new RecordKey(0, cache, key)))
            .toList();
    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    private static RedisServer server;
    private static RedisStore redis;

    @BeforeContainer
    static void start() {
        server = RedisServer.start();
        redis = RedisStore.connect(server.uri());
    }

    @AfterContainer
    static void stop() {
        redis.close();
        server.close();
    }

    /** One step of a sequence, named for the report of a failure. */
    record Step(String name, boolean queues, Function<Run, Object> action) {
        Step(String name, Function<Run, Object> action) {
            this(name, false, action);
        }

        static Step of(RecordKey key, Operation<?> operation) {
            return new Step(key.cache() + ':' + key.key() + ' ' + operation, true, run -> run.execute(key, operation));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * A namespace, the head at which it began, those at which leases were granted and writes announced last, by record and
     * token, and the version that was pending last, by record.
     */
    record Run(
            Namespace namespace,
            long start,
            Map<List<Object>, Long> granted,
            Map<List<Object>, Long> begun,
            Map<RecordKey, Long> enqueued,
            Map<String, String> holdings) {
        static Run in(Store store, NamespaceConfig config) {
            Namespace namespace = store.open(config, "node");
            return new Run(
                    namespace,
                    await(namespace.heads())[0],
                    new HashMap<>(),
                    new HashMap<>(),
                    new HashMap<>(),
                    new HashMap<>());
        }

        Object execute(RecordKey key, Operation<?> operation) {
            Object reply = await(namespace.execute(key, operation));
            if (token(operation) != null && reply instanceof LeaseReply.Granted lately) {
                granted.put(List.of(key, token(operation)), lately.head());
            }
            if (operation instanceof Operation.Begin begin) {
                begun.put(List.of(key, begin.token()), (Long) reply);
            }
            if (reply instanceof PendingReply pending && pending.accepted()) {
                enqueued.put(key, pending.version());
            }
            return comparable(reply);
        }

        private static @Nullable String token(Operation<?> operation) {
            return operation instanceof Operation.Lease lease
                    ? lease.token()
                    : operation instanceof Operation.Refresh refresh ? refresh.token() : null;
        }

        /** Refreshes the value there, or another one. */
        Object refresh(RecordKey key, String token, long term, long beside) {
            Reading found = await(namespace.execute(key, new Operation.Read()));
            long writtenAt = found instanceof Reading.Hit hit ? hit.writtenAt() + beside : 1;
            return List.of(found(found), execute(key, new Operation.Refresh(token, term, writtenAt)));
        }

        /** Fills under the lease that the token was granted last, or by so much beside it. */
        Object fill(RecordKey key, String token, long beside, Content content) {
            long head = granted.getOrDefault(List.of(key, token), start);
            return execute(key, new Operation.Fill(token, head + beside, content));
        }

        /** Completes the write that the token announced last, or by so much beside it. */
        Object complete(RecordKey key, String token, long beside, @Nullable Content content) {
            long version = begun.getOrDefault(List.of(key, token), start);
            return execute(key, new Operation.Complete(token, version + beside, content));
        }

        Object discard(RecordKey key, String token, long term) {
            Reading found = await(namespace.execute(key, new Operation.Read()));
            long discard = found instanceof Reading.Hit hit ? hit.version() : 0;
            return List.of(found(found), execute(key, new Operation.Lease(token, term, discard)));
        }

        /** What is done to the write of that version, or by so much beside it. */
        Object settle(RecordKey key, long beside, LongFunction<Operation<?>> operation) {
            return execute(key, operation.apply(enqueued.getOrDefault(key, start) + beside));
        }

        Object claim(String cache, String flusher, long term, int most) {
            return claim(cache, flusher, term, most, Map.of());
        }

        /** Claims what was held when that was seen last. */
        Object takeOver(String cache, String flusher, long term, int most) {
            return claim(cache, flusher, term, most, Map.of(0, holdings.getOrDefault(cache, "nobody:1")));
        }

        private Object claim(String cache, String flusher, long term, int most, Map<Integer, String> over) {
            Claim claim = await(namespace
                    .claim(cache, List.of(0), flusher, term, most, over)
                    .get(0));
            if (claim.holder() != null) {
                holdings.put(cache, claim.holder().holding());
            }
            List<Object> seen = new ArrayList<>(
                    List.of(claim.granted(), claim.pending(), claim.parked(), claim.lost(), comparable(claim.due())));
            seen.add(
                    claim.holder() == null
                            ? null
                            : claim.holder().holding().replaceFirst(":.*", " ")
                                    + claim.holder().term());
            return seen;
        }

        private List<PendingWrite> comparable(List<PendingWrite> writes) {
            return writes.stream()
                    .map(w -> new PendingWrite(w.key(), w.version() - start, 0, w.attempts(), w.failure(), w.payload()))
                    .toList();
        }

        /** What can be seen of the queues without changing anything. */
        List<Object> queues() {
            List<Object> queues = new ArrayList<>();
            for (String cache : CACHES) {
                queues.add(claim(cache, "nobody", 0, 10));
                queues.add(comparable(await(namespace.parked(cache, 10))));
            }
            return queues;
        }

        Object invalidateAll(String cache) {
            return await(namespace.invalidateAll(cache))[0] - start;
        }

        /** All that can be seen from outside: records, head and log. */
        List<Object> state() {
            List<Object> state = new ArrayList<>(queues());
            for (String cache : CACHES) {
                TOKENS.forEach(token -> state.add(claim(cache, token, 0, 10)));
                state.add(claim(cache, "nobody", LONG, 10));
            }
            KEYS.forEach(key -> state.add(execute(key, new Operation.Read())));
            state.add(await(namespace.heads())[0] - start);
            for (Change c : await(namespace.changesAfter(0, start))) {
                state.add(new Change(c.partition(), c.version() - start, c.cache(), c.key(), c.origin()));
            }
            return state;
        }

        private Object comparable(Object reply) {
            if (reply instanceof Long version) {
                return version - start;
            }
            if (reply instanceof WriteReply write) {
                return new WriteReply(write.version() - start, write.stored(), 0, write.late());
            }
            if (reply instanceof PendingReply pending) {
                return new PendingReply(
                        pending.version() - start,
                        pending.accepted(),
                        pending.coalesced(),
                        Long.signum(pending.writtenAt()),
                        pending.late());
            }
            if (reply instanceof LeaseReply.Granted granted) {
                return new LeaseReply.Granted(
                        granted.head() - start, granted.foreign(), comparable(granted.previous()));
            }
            if (reply instanceof LeaseReply.Refused refused) {
                return new LeaseReply.Refused(found(refused.reading()));
            }
            return reply instanceof Reading reading ? found(reading) : reply;
        }

        private Reading found(Reading reading) {
            long head = reading.head() - start;
            if (reading instanceof Reading.Hit hit) {
                return Objects.requireNonNull(comparable(hit));
            }
            if (reading instanceof Reading.Missing missing) {
                return new Reading.Missing(head, missing.foreign(), comparable(missing.retained()));
            }
            if (reading instanceof Reading.Loading loading) {
                return new Reading.Loading(head, rounded(loading.remaining()), comparable(loading.retained()));
            }
            Reading.Hit old = ((Reading.Writing) reading).old();
            return new Reading.Writing(head, comparable(old));
        }

        private Reading.@Nullable Hit comparable(Reading.@Nullable Hit hit) {
            return hit == null
                    ? null
                    : new Reading.Hit(
                            hit.head() - start,
                            hit.version() - start,
                            0,
                            0,
                            rounded(hit.remaining()),
                            hit.cost(),
                            hit.stale(),
                            hit.payload());
        }

        private static long rounded(long remaining) {
            return remaining > LONG / 2 && remaining <= LONG ? LONG : remaining;
        }
    }

    @Property(tries = 3_000, afterFailure = AfterFailureMode.RANDOM_SEED)
    void sequence_onRedisAndInMemory_isTheSame(@ForAll("sequences") List<Step> steps) {
        NamespaceConfig config = new NamespaceConfig("d" + NAMESPACES.incrementAndGet(), 1);
        AtomicLong clock = new AtomicLong(1_000_000_000_000L);
        Run model = Run.in(InMemoryStore.builder().clock(clock::get).build(), config);
        Run real = Run.in(redis, config);
        for (Step step : steps) {
            clock.addAndGet(1_000);
            assertThat(step.action().apply(real))
                    .as("%s", step)
                    .isEqualTo(step.action().apply(model));
            if (step.queues()) {
                assertThat(real.queues()).as("queues after %s", step).isEqualTo(model.queues());
            }
        }
        clock.addAndGet(1_000);
        assertThat(real.state()).isEqualTo(model.state());
    }

    @Provide
    Arbitrary<List<Step>> sequences() {
        return step().list().ofMinSize(1).ofMaxSize(30);
    }

    private Arbitrary<Step> step() {
        Arbitrary<RecordKey> keys =
                Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.just(KEYS.get(0))), Tuple.of(1, Arbitraries.of(KEYS)));
        Arbitrary<String> tokens = Arbitraries.of(TOKENS);
        Arbitrary<Long> terms = Arbitraries.frequency(Tuple.of(5, LONG), Tuple.of(1, SHORT));
        Arbitrary<Content> contents = Combinators.combine(
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(6).map(Payload::of),
                        Arbitraries.frequency(
                                Tuple.of(3, LONG),
                                Tuple.of(2, Content.FOREVER),
                                Tuple.of(1, Long.MAX_VALUE),
                                Tuple.of(3, SHORT)),
                        Arbitraries.frequency(Tuple.of(3, 0L), Tuple.of(3, LONG), Tuple.of(1, Long.MAX_VALUE)),
                        Arbitraries.longs().between(0, 5))
                .as(Content::new);
        Arbitrary<Window> windows = Arbitraries.frequency(
                Tuple.of(6, Window.ALWAYS),
                Tuple.of(1, new Window(0, 1)),
                Tuple.of(1, new Window(Window.ALWAYS.until(), Window.ALWAYS.until())));
        Arbitrary<Operation<?>> operations = Arbitraries.oneOf(
                Arbitraries.just(new Operation.Read()),
                Combinators.combine(tokens, terms).as((token, term) -> new Operation.Lease(token, term, 0)),
                Combinators.combine(tokens, Arbitraries.of(0L, SHORT, LONG)).as(Operation.Release::new),
                Combinators.combine(contents, windows).as(Operation.Put::new),
                Arbitraries.just(new Operation.Invalidate()),
                Combinators.combine(tokens, terms).as(Operation.Begin::new),
                Combinators.combine(tokens, terms, Arbitraries.of(true, false)).as(Operation.Begin::new),
                Combinators.combine(contents, Arbitraries.frequency(Tuple.of(5, true), Tuple.of(1, false)), windows)
                        .as(PendingOperation.Enqueue::new),
                Combinators.combine(contents, Arbitraries.frequency(Tuple.of(5, true), Tuple.of(1, false)))
                        .as(PendingOperation.Enqueue::new),
                Arbitraries.just(new PendingOperation.Requeue()),
                Combinators.combine(tokens, terms).as(Operation.Renew::new));
        Arbitrary<Long> besides = Arbitraries.frequency(Tuple.of(8, 0L), Tuple.of(1, -1L), Tuple.of(1, 1L));
        Arbitrary<LongFunction<Operation<?>>> settlements = Arbitraries.oneOf(
                Arbitraries.frequency(Tuple.of(4, false), Tuple.of(2, true))
                        .map(late -> named("flushed", late, version -> new PendingOperation.Flushed(version, late))),
                Combinators.combine(
                                Arbitraries.integers().between(0, 2),
                                Arbitraries.of(0L, SHORT, LONG, Content.FOREVER),
                                Arbitraries.of("", "down", "Zoë\nis out"))
                        .as((attempts, pause, failure) -> named(
                                "failed",
                                List.of(attempts, pause, failure),
                                version -> new PendingOperation.Failed(version, attempts, pause, failure))));
        return Arbitraries.frequencyOf(
                Tuple.of(
                        8,
                        Combinators.combine(keys, besides, settlements)
                                .as((key, beside, settlement) -> new Step(
                                        settlement + " " + key + ' ' + beside,
                                        true,
                                        run -> run.settle(key, beside, settlement)))),
                Tuple.of(
                        4,
                        Combinators.combine(
                                        Arbitraries.of(CACHES),
                                        tokens,
                                        Arbitraries.of(0L, SHORT, LONG),
                                        Arbitraries.integers().between(0, 3))
                                .as((cache, token, term, most) -> new Step(
                                        "claim " + cache + ' ' + token + ' ' + term + ' ' + most,
                                        true,
                                        run -> run.claim(cache, token, term, most)))),
                Tuple.of(
                        2,
                        Combinators.combine(Arbitraries.of(CACHES), tokens, Arbitraries.of(0L, SHORT, LONG))
                                .as((cache, token, term) -> new Step(
                                        "take over " + cache + ' ' + token + ' ' + term,
                                        true,
                                        run -> run.takeOver(cache, token, term, 3)))),
                Tuple.of(20, Combinators.combine(keys, operations).as(Step::of)),
                Tuple.of(
                        4,
                        Combinators.combine(keys, tokens, besides, contents)
                                .as((key, token, beside, content) -> new Step(
                                        "fill " + key + ' ' + token + ' ' + beside + ' ' + content,
                                        run -> run.fill(key, token, beside, content)))),
                Tuple.of(
                        4,
                        Combinators.combine(keys, tokens, besides, contents.injectNull(0.2))
                                .as((key, token, beside, content) -> new Step(
                                        "complete " + key + ' ' + token + ' ' + beside + ' ' + content,
                                        run -> run.complete(key, token, beside, content)))),
                Tuple.of(
                        5,
                        Combinators.combine(keys, tokens, terms, besides)
                                .as((key, token, term, beside) -> new Step(
                                        "refresh " + key + ' ' + token + ' ' + term + ' ' + beside,
                                        run -> run.refresh(key, token, term, beside)))),
                Tuple.of(
                        1,
                        Combinators.combine(keys, tokens, terms)
                                .as((key, token, term) ->
                                        new Step("discard " + key, run -> run.discard(key, token, term)))),
                Tuple.of(
                        1,
                        Arbitraries.of(CACHES)
                                .map(cache -> new Step("invalidateAll " + cache, run -> run.invalidateAll(cache)))));
    }

    private static LongFunction<Operation<?>> named(String name, Object of, LongFunction<Operation<?>> operation) {
        return new LongFunction<>() {
            @Override
            public Operation<?> apply(long version) {
                return operation.apply(version);
            }

            @Override
            public String toString() {
                return name + ' ' + of;
            }
        };
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
