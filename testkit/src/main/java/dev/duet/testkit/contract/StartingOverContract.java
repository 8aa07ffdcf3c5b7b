package dev.duet.testkit.contract;

import static dev.duet.testkit.contract.ContractNode.assertWritten;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Change;
import dev.duet.store.LeaseReply;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.RecordKey;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A partition that lost changes is started over: nothing from before counts, and no version is given out twice. */
abstract class StartingOverContract {

    private static final int PARTITIONS = 2;

    private final StoreContract contract;
    private NamespaceConfig config;
    private ContractNode node;

    /** Three records in one partition, of two caches; and one in the other partition. */
    private RecordKey key;

    private RecordKey sibling;
    private RecordKey ofOtherCache;
    private RecordKey elsewhere;

    StartingOverContract(StoreContract contract) {
        this.contract = contract;
    }

    @BeforeEach
    void join() {
        config = StoreContract.fresh(PARTITIONS);
        node = contract.join(config, "n1");
        key = inPartition("users", 0, 0);
        sibling = inPartition("users", 0, 1);
        ofOtherCache = inPartition("orders", 0, 0);
        elsewhere = inPartition("users", 1, 0);
    }

    private RecordKey inPartition(String cache, int partition, int skip) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> node.key(cache, "k" + i))
                .filter(candidate -> candidate.partition() == partition)
                .skip(skip)
                .findFirst()
                .orElseThrow();
    }

    private long startOver(long seen, long above) {
        return ContractNode.await(node.namespace.startOver(0, seen, above));
    }

    private long startOver() {
        return startOver(node.head(key), 0);
    }

    @Test
    void A17_values_ofAllCaches_areAbsent() {
        node.put(key, "v1");
        node.put(ofOtherCache, "o1");
        node.invalidateAll("orders");
        node.put(ofOtherCache, "o2");

        startOver();

        assertThat(node.see(key)).isEqualTo("missing");
        assertThat(node.see(ofOtherCache)).isEqualTo("missing");
        assertThat(node.lease(key, "loader")).isInstanceOf(LeaseReply.Granted.class);
        assertThat(node.lease(ofOtherCache, "loader")).isInstanceOf(LeaseReply.Granted.class);
    }

    @Test
    void A17_leaseFromBefore_isAbsent_andItsFillRefused() {
        node.lease(key, "slow");

        startOver();

        assertThat(node.see(key)).isEqualTo("missing");
        assertThat(node.fill(key, "slow", "v1").stored()).isFalse();
        assertThat(node.release(key, "slow")).isFalse();
        assertThat(node.lease(key, "loader")).isInstanceOf(LeaseReply.Granted.class);
        assertThat(node.fill(key, "slow", "v1").stored()).isFalse();
        assertThat(node.fill(key, "loader", "v2").stored()).isTrue();
    }

    @Test
    void A17_intent_stands_withoutItsOldValue_andLeavesNone() {
        node.put(key, "v0");
        node.begin(key, "writer");
        node.put(ofOtherCache, "o0");
        node.begin(ofOtherCache, "writer");
        node.begin(ofOtherCache, "other");

        long head = startOver();

        assertThat(node.see(key)).isEqualTo("writing over nothing");
        assertThat(node.see(ofOtherCache)).isEqualTo("writing over nothing");
        assertThat(node.renew(key, "writer", ContractNode.HOUR)).isTrue();
        assertThat(node.lease(key, "loader")).isInstanceOf(LeaseReply.Refused.class);
        assertWritten(node.complete(key, "writer", "v1"), head, false);
        assertThat(node.see(key)).isEqualTo("missing");
        assertThat(node.complete(ofOtherCache, "writer", "o1").stored()).isFalse();
        assertThat(node.complete(ofOtherCache, "other", "o2").stored()).isFalse();
        assertThat(node.see(ofOtherCache)).isEqualTo("missing");
    }

    @Test
    void otherPartitions_stayAsTheyAre() {
        node.put(elsewhere, "v1");
        long before = node.heads()[1];

        startOver();

        assertThat(node.see(elsewhere)).isEqualTo("v1");
        assertThat(node.heads()[1]).isEqualTo(before);
        assertThat(node.changesAfter(1, 0)).isNotEmpty();
    }

    @Test
    void head_risesAboveItself_andAboveWhatTheCallerKnows() {
        long before = node.head(key);

        long head = startOver(before, before - 5);
        assertThat(head).isGreaterThan(before);
        assertThat(node.head(key)).isEqualTo(head);

        long above = head + 3_600_000_000L;
        assertThat(startOver(head, above)).isGreaterThan(above);
        assertThat(node.head(key)).isGreaterThan(above);
        assertThat(node.read(key).head()).isGreaterThan(above);
    }

    @Test
    void head_leapsAMillionVersions_orTwo() {
        long above = node.head(key) + 36_000_000_000L;

        assertThat(startOver(node.head(key), above)).isBetween(above + (1L << 20), above + (1L << 21) - 1);
    }

    @Test
    void secondCallWithTheSameHeadSeen_doesNothing() {
        ContractNode other = contract.join(config, "n2");
        long seen = node.head(key);
        long head = startOver(seen, seen);
        node.put(key, "v1");

        long second = ContractNode.await(other.namespace.startOver(0, seen, seen));

        assertThat(second).isEqualTo(head + 1);
        assertThat(node.head(key)).isEqualTo(head + 1);
        assertThat(node.see(key)).isEqualTo("v1");
    }

    @Test
    void secondCall_withAHeadSeenSince_startsOverAgain() {
        long head = startOver();
        node.put(key, "v1");

        assertThat(startOver(head, 0)).isGreaterThan(head + 1);

        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void secondCall_thatKnowsAHigherVersion_startsOverAgain() {
        long seen = node.head(key);
        long head = startOver(seen, 0);
        node.put(key, "v1");
        long above = head + 3_600_000_000L;

        assertThat(startOver(seen, above)).isGreaterThan(above);

        assertThat(node.see(key)).isEqualTo("missing");
    }

    @Test
    void secondCall_thatKnowsTheHeadItself_startsOverAgain() {
        long seen = node.head(key);
        long head = startOver(seen, 0);

        assertThat(startOver(seen, head - 1)).as("the head is above that").isEqualTo(head);
        assertThat(startOver(seen, head)).isGreaterThan(head);
    }

    @Test
    void writesAndFillsAfterwards_workAsBefore() {
        node.invalidateAll("users");

        long head = startOver();

        assertWritten(node.put(key, "v1"), head + 1, true);
        node.lease(sibling, "loader");
        assertWritten(node.fill(sibling, "loader", "s1"), head + 1, true);
        assertThat(node.see(key)).isEqualTo("v1");
        assertThat(node.see(sibling)).isEqualTo("s1");
        assertThat(node.begin(key, "writer")).isEqualTo(head + 2);
        assertThat(node.complete(key, "writer", "v2").stored()).isTrue();
        assertThat(node.see(key)).isEqualTo("v2");
    }

    @Test
    void A06_invalidateAllAfterwards_worksAsBefore() {
        long head = startOver();
        node.put(key, "v1");
        node.put(ofOtherCache, "o1");

        assertThat(node.invalidateAll("users")[0]).isEqualTo(head + 3);

        assertThat(node.see(key)).isEqualTo("missing");
        assertThat(node.see(ofOtherCache)).isEqualTo("o1");
    }

    @Test
    void log_showsAGap_thatItCannotClose() {
        node.put(key, "v1");
        long before = node.put(key, "v2").version();

        long head = startOver();

        assertThat(node.changesAfter(0, 0)).isEmpty();
        long next = node.put(key, "v3").version();
        assertThat(next).isEqualTo(head + 1).isGreaterThan(before + 1);
        assertThat(node.changesAfter(0, before)).containsExactly(new Change(0, next, "users", key.key(), "n1"));
        assertThat(node.changesAfter(0, head)).hasSize(1);
    }

    @Test
    void feed_hearsNothingOfIt() {
        RecordingListener listener = new RecordingListener();
        node.subscribe(listener);

        long head = startOver();
        node.put(key, "v1");

        FeedContract.awaitChanges(listener, 1);
        assertThat(listener.changes()).extracting(Change::version).containsExactly(head + 1);
        assertThat(listener.events()).containsExactly("subscribed", "change");
    }
}
