package dev.duet.testkit.contract;

import static dev.duet.testkit.contract.ContractNode.HOUR;
import static dev.duet.testkit.contract.ContractNode.assertWritten;
import static dev.duet.testkit.contract.ContractNode.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Change;
import dev.duet.store.Content;
import dev.duet.store.LeaseReply;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.WriteReply;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every row of the table of operations: what each makes of each state, what it replies, and whether it is a change. */
abstract class OperationsContract {

    private final StoreContract contract;
    private ContractNode node;
    private RecordKey key;

    OperationsContract(StoreContract contract) {
        this.contract = contract;
    }

    @BeforeEach
    void join() {
        node = contract.join(StoreContract.fresh(1), "n1");
        key = node.key("users", "456");
    }

    /** Brings the record into a state; other writers and loaders than the test's own are called "other". */
    private void given(String state) {
        switch (state) {
            case "absent" -> {}
            case "value" -> node.put(key, "old");
            case "lease" -> node.lease(key, "mine");
            case "foreign lease" -> node.lease(key, "other");
            case "intent" -> node.begin(key, "mine");
            case "intent over value" -> {
                node.put(key, "old");
                node.begin(key, "mine");
            }
            case "foreign intent" -> node.begin(key, "other");
            case "foreign intent over value" -> {
                node.put(key, "old");
                node.begin(key, "other");
            }
            case "contended intent" -> {
                node.put(key, "old");
                node.begin(key, "other");
                node.begin(key, "mine");
            }
            case "contended intent alone" -> {
                node.begin(key, "other");
                node.begin(key, "mine");
                node.complete(key, "other", null);
            }
            case "intent after a put" -> {
                node.put(key, "old");
                node.begin(key, "mine");
                node.put(key, "late");
            }
            default -> throw new IllegalArgumentException(state);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "absent, granted",
        "value, old",
        "lease, granted",
        "foreign lease, loading",
        "intent, writing over nothing",
        "intent over value, writing over old",
        "contended intent, writing over old",
    })
    void lease(String state, String expected) {
        given(state);
        String before = node.see(key);
        long head = node.head(key);

        LeaseReply reply = node.lease(key, "mine");

        assertThat(reply instanceof LeaseReply.Refused refused ? ContractNode.seen(refused.reading()) : "granted")
                .isEqualTo(expected);
        if (reply instanceof LeaseReply.Granted granted) {
            assertThat(granted).isEqualTo(new LeaseReply.Granted(head, false, null));
            assertThat(node.see(key)).isEqualTo("loading");
        } else {
            assertThat(((LeaseReply.Refused) reply).reading().head()).isEqualTo(head);
            assertThat(node.see(key)).isEqualTo(before);
        }
        assertQuiet(head);
    }

    @Test
    void lease_discardingTheValueThere_isGranted() {
        long version = node.put(key, "old").version();

        LeaseReply reply = node.execute(key, new Operation.Lease("mine", HOUR, version));

        assertThat(reply).isEqualTo(new LeaseReply.Granted(version, false, null));
        assertThat(node.see(key)).isEqualTo("loading");
    }

    @Test
    void lease_discardingAnotherValueThanTheOneThere_isRefused() {
        long discarded = node.put(key, "unreadable").version();
        node.put(key, "new");

        LeaseReply reply = node.execute(key, new Operation.Lease("mine", HOUR, discarded));

        assertThat(reply)
                .isInstanceOfSatisfying(
                        LeaseReply.Refused.class,
                        refused ->
                                assertThat(ContractNode.seen(refused.reading())).isEqualTo("new"));
        assertThat(node.see(key)).isEqualTo("new");
    }

    @ParameterizedTest
    @CsvSource({
        "absent, false, missing",
        "value, false, old",
        "lease, true, new",
        "foreign lease, false, loading",
        "intent, false, writing over nothing",
        "intent over value, false, writing over old",
    })
    void fill(String state, boolean stored, String after) {
        given(state);
        long head = node.head(key);

        WriteReply reply = node.fill(key, "mine", "new");

        assertWritten(reply, head, stored);
        assertThat(node.see(key)).isEqualTo(after);
        assertQuiet(head);
    }

    @Test
    void fill_storesVersionLifeAndCost() {
        node.lease(key, "mine");
        long head = node.head(key);

        node.fill(key, "mine", new Content(value("new").payload(), HOUR, 77));

        assertThat(node.read(key)).isInstanceOfSatisfying(Reading.Hit.class, hit -> {
            assertThat(hit.head()).isEqualTo(head);
            assertThat(hit.version()).isEqualTo(head);
            assertThat(hit.cost()).isEqualTo(77);
            assertThat(hit.remaining()).isBetween(HOUR / 2, HOUR);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "absent, false, missing",
        "value, false, old",
        "lease, true, missing",
        "foreign lease, false, loading",
        "intent, false, writing over nothing",
        "intent over value, false, writing over old",
    })
    void release(String state, boolean held, String after) {
        given(state);
        long head = node.head(key);

        assertThat(node.release(key, "mine")).isEqualTo(held);

        assertThat(node.see(key)).isEqualTo(after);
        assertQuiet(head);
    }

    @ParameterizedTest
    @CsvSource({
        "absent, true, new, missing",
        "value, true, new, missing",
        "lease, true, new, missing",
        "intent, false, writing over nothing, missing",
        "intent over value, false, writing over nothing, missing",
        "contended intent, false, writing over nothing, writing over nothing",
    })
    void put(String state, boolean stored, String after, String afterComplete) {
        given(state);
        long head = node.head(key);

        WriteReply reply = node.put(key, "new");

        assertWritten(reply, head + 1, stored);
        assertThat(node.see(key)).isEqualTo(after);
        assertChange(head);
        if (!stored) {
            node.complete(key, "mine", "late");
            assertThat(node.see(key)).isEqualTo(afterComplete);
        }
    }

    @Test
    void put_storesVersionLifeAndCost() {
        long version = node.execute(
                        key, new Operation.Put(new Content(value("new").payload(), Content.FOREVER, 3)))
                .version();

        assertThat(node.read(key)).isInstanceOfSatisfying(Reading.Hit.class, hit -> {
            assertThat(hit.head()).isEqualTo(version);
            assertThat(hit.version()).isEqualTo(version);
            assertThat(hit.remaining()).isEqualTo(Content.FOREVER);
            assertThat(hit.cost()).isEqualTo(3);
            assertThat(hit.stale()).isFalse();
            assertThat(hit.payload()).isEqualTo(value("new").payload());
        });
    }

    @ParameterizedTest
    @CsvSource({
        "absent, missing",
        "value, missing",
        "lease, missing",
        "intent, writing over nothing",
        "intent over value, writing over nothing",
        "contended intent, writing over nothing",
    })
    void invalidate(String state, String after) {
        given(state);
        long head = node.head(key);

        assertThat(node.invalidate(key)).isEqualTo(head + 1);

        assertThat(node.see(key)).isEqualTo(after);
        assertChange(head);
    }

    @Test
    void invalidate_duringAWrite_leavesItsValueOut() {
        given("intent over value");
        node.invalidate(key);

        assertThat(node.complete(key, "mine", "new").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @ParameterizedTest
    @CsvSource({
        "absent, writing over nothing",
        "value, writing over old",
        "lease, writing over nothing",
        "foreign lease, writing over nothing",
        "foreign intent, writing over nothing",
        "foreign intent over value, writing over old",
    })
    void begin(String state, String after) {
        given(state);
        long head = node.head(key);

        assertThat(node.begin(key, "mine")).isEqualTo(head + 1);

        assertThat(node.see(key)).isEqualTo(after);
        assertChange(head);
    }

    @Test
    void begin_overAnIntent_contends() {
        given("foreign intent over value");
        node.begin(key, "mine");

        assertThat(node.complete(key, "mine", "new").stored()).isFalse();
        assertThat(node.complete(key, "other", "new").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @ParameterizedTest
    @CsvSource({
        "absent, false",
        "value, false",
        "lease, true",
        "foreign lease, false",
        "intent, true",
        "foreign intent, false",
        "contended intent, true",
    })
    void renew(String state, boolean renewed) {
        given(state);
        String before = node.see(key);
        long head = node.head(key);

        assertThat(node.renew(key, "mine", HOUR)).isEqualTo(renewed);

        assertThat(node.see(key)).isEqualTo(before);
        assertQuiet(head);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "intent, new, true, new",
                "intent, -, false, missing",
                "intent over value, new, true, new",
                "intent over value, -, false, missing",
                "contended intent, new, false, writing over nothing",
                "contended intent, -, false, writing over nothing",
                "contended intent alone, new, false, missing",
                "intent after a put, new, false, missing",
            })
    void complete_ofAnIntent_isQuiet(String state, @Nullable String value, boolean stored, String after) {
        given(state);
        long head = node.head(key);

        assertWritten(node.complete(key, "mine", value), head, stored);

        assertThat(node.see(key)).isEqualTo(after);
        assertQuiet(head);
    }

    @ParameterizedTest
    @CsvSource({
        "absent, missing",
        "value, missing",
        "lease, missing",
        "foreign intent, writing over nothing",
        "foreign intent over value, writing over nothing",
    })
    void complete_withoutAnIntent_invalidates(String state, String after) {
        given(state);
        long head = node.head(key);

        assertWritten(node.complete(key, "mine", "new"), head + 1, false);

        assertThat(node.see(key)).isEqualTo(after);
        assertChange(head);
    }

    @Test
    void complete_withoutAnIntent_contendsTheOneThere() {
        given("foreign intent over value");
        node.complete(key, "mine", "new");

        assertThat(node.complete(key, "other", "theirs").stored()).isFalse();
        assertThat(node.see(key)).isEqualTo("missing");
    }

    @ParameterizedTest
    @CsvSource({
        "absent, missing",
        "value, old",
        "lease, loading",
        "intent, writing over nothing",
        "contended intent, writing over old",
    })
    void read(String state, String seen) {
        given(state);
        long head = node.head(key);

        Reading reading = node.read(key);

        assertThat(ContractNode.seen(reading)).isEqualTo(seen);
        assertThat(reading.head()).isEqualTo(head);
        assertQuiet(head);
    }

    private void assertQuiet(long head) {
        assertThat(node.head(key)).isEqualTo(head);
        assertThat(node.changesAfter(0, head)).isEmpty();
    }

    private void assertChange(long head) {
        assertThat(node.head(key)).isEqualTo(head + 1);
        assertThat(node.changesAfter(0, head)).containsExactly(new Change(0, head + 1, "users", "456", "n1"));
    }
}
