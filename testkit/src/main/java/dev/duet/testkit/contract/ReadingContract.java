package dev.duet.testkit.contract;

import static dev.duet.testkit.contract.ContractNode.HOUR;
import static dev.duet.testkit.contract.ContractNode.await;
import static dev.duet.testkit.contract.ContractNode.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Content;
import dev.duet.store.LeaseReply;
import dev.duet.store.LeaseReply.Granted;
import dev.duet.store.Namespace.Request;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.WriteReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What reading rests on: values retained after their life, refreshes, pauses after failed loads, hints, many at once. */
abstract class ReadingContract {

    private final StoreContract contract;
    private ContractNode node;
    private RecordKey key;

    ReadingContract(StoreContract contract) {
        this.contract = contract;
    }

    @BeforeEach
    void join() {
        node = contract.join(StoreContract.fresh(1), "n1");
        key = node.key("users", "456");
    }

    private void retain(String text) {
        node.execute(key, new Operation.Put(new Content(value(text).payload(), 1, HOUR, 0)));
    }

    private LeaseReply refresh(String token) {
        Reading.Hit hit = (Reading.Hit) node.read(key);
        return node.execute(key, new Operation.Refresh(token, HOUR, hit.writtenAt()));
    }

    private static String seen(Reading.@Nullable Hit hit) {
        return hit == null ? "nothing" : ContractNode.seen(hit);
    }

    @Test
    void retainedValue_isBesideMissing_beforeAndBesideTheLease() {
        retain("old");

        assertThat(node.read(key))
                .isInstanceOfSatisfying(
                        Reading.Missing.class,
                        missing -> assertThat(seen(missing.retained())).isEqualTo("old"));
        assertThat(node.lease(key, "mine"))
                .isInstanceOfSatisfying(
                        Granted.class,
                        granted -> assertThat(seen(granted.previous())).isEqualTo("old"));
        assertThat(node.read(key)).isInstanceOfSatisfying(Reading.Loading.class, loading -> {
            assertThat(seen(loading.retained())).isEqualTo("old");
            assertThat(loading.retained()).matches(hit -> hit != null && hit.stale());
        });
    }

    @Test
    void retainedValue_isGone_afterAnyChange() {
        List<Runnable> changes = List.of(() -> node.invalidate(key), () -> node.invalidateAll("users"), () -> {
            node.begin(key, "writer");
            node.complete(key, "writer", null);
        });
        for (Runnable change : changes) {
            retain("old");
            node.lease(key, "mine");
            change.run();
            assertThat(node.read(key))
                    .isInstanceOfSatisfying(
                            Reading.Missing.class,
                            missing -> assertThat(missing.retained()).isNull());
        }
    }

    @Test
    void release_withAPause_servesTheRetainedValue() {
        retain("old");
        node.lease(key, "mine");

        assertThat(node.execute(key, new Operation.Release("mine", HOUR))).isTrue();

        assertThat(node.see(key)).isEqualTo("old");
        assertThat(node.lease(key, "next")).isInstanceOf(LeaseReply.Refused.class);
    }

    @Test
    void release_withoutAPause_leavesTheRetainedValueToTheNextLoader() {
        retain("old");
        node.lease(key, "mine");

        assertThat(node.release(key, "mine")).isTrue();

        assertThat(node.lease(key, "next")).isInstanceOf(Granted.class);
    }

    @Test
    void refresh_isForOne_andFills() {
        node.put(key, "old");
        Granted granted = (Granted) refresh("mine");

        assertThat(refresh("other")).isInstanceOf(LeaseReply.Refused.class);
        assertThat(((Granted) refresh("mine")).head()).isEqualTo(granted.head());
        assertThat(node.see(key)).isEqualTo("old");
        assertThat(node.renew(key, "mine", HOUR)).isTrue();
        assertThat(node.execute(key, new Operation.Fill("mine", granted.head() + 1, value("new")))
                        .stored())
                .isFalse();
        assertThat(node.execute(key, new Operation.Fill("mine", granted.head(), value("new")))
                        .stored())
                .isTrue();
        assertThat(node.see(key)).isEqualTo("new");
    }

    @Test
    void refresh_ofAnotherValue_isRefused() {
        WriteReply first = node.put(key, "old");

        LeaseReply reply = node.execute(key, new Operation.Refresh("mine", HOUR, first.writtenAt() + 1));

        assertThat(reply).isInstanceOf(LeaseReply.Refused.class);
    }

    @Test
    void refresh_overtakenByAnyChange_cannotFill() {
        List<Runnable> changes = List.of(
                () -> node.put(key, "newer"),
                () -> node.invalidate(key),
                () -> node.begin(key, "writer"),
                () -> node.complete(key, "writer", null),
                () -> node.invalidateAll("users"));
        for (Runnable change : changes) {
            node.invalidate(key);
            node.complete(key, "writer", null);
            node.put(key, "old");
            Granted granted = (Granted) refresh("mine");
            change.run();
            assertThat(node.execute(key, new Operation.Fill("mine", granted.head(), value("late")))
                            .stored())
                    .isFalse();
            node.complete(key, "writer", null);
        }
    }

    @Test
    void refresh_afterARelease_waitsForThePause() {
        node.put(key, "old");
        refresh("mine");
        node.execute(key, new Operation.Release("mine", HOUR));

        assertThat(refresh("next")).isInstanceOf(LeaseReply.Refused.class);
        assertThat(node.see(key)).isEqualTo("old");
    }

    @Test
    void renew_ofALease_isOnlyForItsHolder() {
        node.lease(key, "mine");

        assertThat(node.renew(key, "mine", HOUR)).isTrue();
        assertThat(node.renew(key, "other", HOUR)).isFalse();
    }

    @Test
    void hint_comesAtTheEndOfALoad_onlyIfAReaderWaits() {
        RecordingListener listener = new RecordingListener();
        node.subscribe(listener);
        node.lease(key, "mine");
        node.fill(key, "mine", "unawaited");
        node.invalidate(key);
        node.lease(key, "mine");
        node.lease(key, "waiting");
        node.fill(key, "mine", "v");
        node.invalidate(key);
        node.lease(key, "mine");
        node.lease(key, "waiting");
        node.release(key, "mine");
        node.invalidate(key);

        FeedContract.awaitChanges(listener, 3);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> listener.hints().size() >= 2);
        assertThat(listener.hints()).containsExactly("users:456", "users:456");
        assertThat(listener.events()).containsExactly("subscribed", "change", "hint", "change", "hint", "change");
    }

    @Test
    void executeAll_leasesOfWhatIsLoaded_areToldOfItsEnd() {
        RecordingListener listener = new RecordingListener();
        node.subscribe(listener);
        RecordKey other = node.key("users", "457");
        node.lease(key, "mine");
        node.lease(other, "mine");

        node.namespace
                .executeAll(Stream.of(key, other)
                        .map(each -> new Request<>(each, new Operation.Lease("waiting", HOUR, 0)))
                        .toList())
                .forEach(reply -> assertThat(await(reply)).isInstanceOf(LeaseReply.Refused.class));
        node.fill(key, "mine", "v");
        node.release(other, "mine");

        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(listener.hints()).containsExactlyInAnyOrder("users:456", "users:457"));
    }

    @Test
    void executeAll_ofTenThousand_answersEachByItself() {
        List<Request<LeaseReply>> leases = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            leases.add(new Request<>(node.key("users", "k" + i), new Operation.Lease("mine", HOUR, 0)));
        }
        List<Request<WriteReply>> fills = new ArrayList<>();
        var granted = node.namespace.executeAll(leases);
        for (int i = 0; i < leases.size(); i++) {
            long head = ((Granted) await(granted.get(i))).head();
            fills.add(new Request<>(leases.get(i).key(), new Operation.Fill("mine", head, value("v" + i))));
        }
        node.namespace
                .executeAll(fills)
                .forEach(reply -> assertThat(await(reply).stored()).isTrue());
        List<Request<Reading>> reads = new ArrayList<>();
        leases.forEach(lease -> reads.add(new Request<>(lease.key(), new Operation.Read())));
        var found = node.namespace.executeAll(reads);
        for (int i = 0; i < reads.size(); i++) {
            assertThat(ContractNode.seen(await(found.get(i)))).isEqualTo("v" + i);
        }
    }

    /** Makes a record of each kind; all keys begin alike. */
    private List<RecordKey> oneOfEachKind(String prefix) {
        List<String> kinds = List.of(
                "absent", "value", "below a floor", "retained", "leased", "refreshed", "intent", "pending", "dead");
        List<RecordKey> keys =
                kinds.stream().map(kind -> node.key("users", prefix + kind)).toList();
        node.put(keys.get(2), "below");
        node.invalidateAll("users");
        node.put(keys.get(1), "value");
        node.execute(
                keys.get(3), new Operation.Put(new Content(value("retained").payload(), 1, HOUR, 0)));
        node.lease(keys.get(4), "other");
        node.put(keys.get(5), "refreshed");
        Reading.Hit hit = (Reading.Hit) node.read(keys.get(5));
        node.execute(keys.get(5), new Operation.Refresh("other", HOUR, hit.writtenAt()));
        node.put(keys.get(6), "old");
        node.begin(keys.get(6), "writer");
        node.enqueue(keys.get(7), "pending");
        node.execute(keys.get(8), new Operation.Put(new Content(value("dead").payload(), 1, 0, 0)));
        return keys;
    }

    /** What a reading says, but for the times that go by. */
    private static String told(Reading reading) {
        return reading.getClass().getSimpleName()
                + ' '
                + reading.head()
                + ' '
                + (reading instanceof Reading.Hit hit
                        ? seen(hit) + hit.version() + hit.stale()
                        : reading instanceof Reading.Missing missing
                                ? seen(missing.retained()) + missing.foreign()
                                : reading instanceof Reading.Writing writing ? seen(writing.old()) : "");
    }

    private static String told(LeaseReply reply) {
        return reply instanceof Granted granted
                ? "granted " + granted.head() + granted.foreign() + seen(granted.previous())
                : told(((LeaseReply.Refused) reply).reading());
    }

    @Test
    void executeAll_readsOfEveryKind_tellWhatEachByItselfDoes() {
        List<RecordKey> keys = oneOfEachKind("");
        List<String> each = keys.stream().map(one -> told(node.read(one))).toList();

        List<Request<Reading>> reads = new ArrayList<>();
        keys.forEach(one -> reads.add(new Request<>(one, new Operation.Read())));
        reads.add(reads.get(1)); // one key twice
        List<String> together = node.namespace.executeAll(reads).stream()
                .map(reply -> told(await(reply)))
                .toList();

        assertThat(together.subList(0, keys.size())).isEqualTo(each);
        assertThat(together.get(keys.size())).isEqualTo(each.get(1));
    }

    @Test
    void executeAll_leasesOfEveryKind_grantAndRefuseAsEachByItself() {
        List<String> each = new ArrayList<>();
        for (RecordKey one : oneOfEachKind("")) {
            each.add(told(node.execute(one, new Operation.Lease("mine", HOUR, 0)))
                    .replaceAll("\\d+", "n"));
        }

        List<Request<LeaseReply>> leases = new ArrayList<>();
        List<RecordKey> keys = oneOfEachKind("other ");
        keys.forEach(one -> leases.add(new Request<>(one, new Operation.Lease("mine", HOUR, 0))));
        List<LeaseReply> replies = node.namespace.executeAll(leases).stream()
                .map(ContractNode::await)
                .toList();

        assertThat(replies.stream()
                        .map(reply -> told(reply).replaceAll("\\d+", "n"))
                        .toList())
                .isEqualTo(each);
        long granted = ((Granted) replies.get(0)).head();
        assertThat(node.execute(keys.get(0), new Operation.Fill("mine", granted, value("loaded")))
                        .stored())
                .isTrue();
    }

    @Test
    void executeAll_leaseThatDiscardsAValue_isGranted() {
        node.put(key, "unreadable");
        long version = ((Reading.Hit) node.read(key)).version();
        RecordKey other = node.key("users", "other");
        node.put(other, "fine");

        var replies = node.namespace.executeAll(List.of(
                new Request<>(key, new Operation.Lease("mine", HOUR, version)),
                new Request<>(other, new Operation.Lease("mine", HOUR, version))));

        assertThat(await(replies.get(0))).isInstanceOf(Granted.class);
        assertThat(await(replies.get(1))).isInstanceOf(LeaseReply.Refused.class);
    }
}
