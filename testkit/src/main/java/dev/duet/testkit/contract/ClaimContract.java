package dev.duet.testkit.contract;

import static dev.duet.testkit.contract.ContractNode.HOUR;
import static dev.duet.testkit.contract.ContractNode.SOON;
import static dev.duet.testkit.contract.ContractNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.Content;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.PendingOperation.Claim;
import dev.duet.store.PendingOperation.Holder;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.RecordKey;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One flusher at a time is handed what is due, the longest due first. */
abstract class ClaimContract {

    private final StoreContract contract;
    private NamespaceConfig config;
    private ContractNode node;

    ClaimContract(StoreContract contract) {
        this.contract = contract;
    }

    /** A claim where nothing is pending. */
    static Claim nothing() {
        return nothing(0, 0);
    }

    /** A claim that is not granted. */
    static Claim nothing(long pending, long parked) {
        return new Claim(false, pending, parked, 0, List.of());
    }

    @BeforeEach
    void join() {
        config = StoreContract.fresh(1);
        node = contract.join(config, "n1");
    }

    private RecordKey key(int i) {
        return node.key("users", "k" + i);
    }

    private long[] enqueue(int count) {
        return IntStream.range(0, count)
                .mapToLong(i -> node.enqueue(key(i), "v" + i).version())
                .toArray();
    }

    private static List<String> keys(List<PendingWrite> writes) {
        return writes.stream().map(write -> write.key().key()).toList();
    }

    @Test
    void nothingPending_isNotGranted() {
        assertThat(node.claim("users", "f", HOUR)).isEqualTo(nothing());
        assertThat(node.parked("users", 10)).isEmpty();
    }

    @Test
    void claim_isHandedWhatIsDue_theLongestDueFirst_andNoMoreThanItAsksFor() {
        long[] versions = enqueue(4);
        node.failed(key(1), versions[1], 1, 0);
        node.failed(key(2), versions[2], 1, HOUR);
        node.enqueue(key(0), "newer");

        Claim claim = node.claim("users", "f", HOUR);

        assertThat(claim.granted()).isTrue();
        assertThat(claim.pending()).isEqualTo(4);
        assertThat(claim.parked()).isZero();
        assertThat(claim.lost()).isZero();
        assertThat(keys(claim.due())).containsExactly("k0", "k3", "k1");
        assertThat(claim.due().get(0).version()).isEqualTo(versions[3] + 1);
        assertThat(keys(node.claim("users", "f", HOUR, 2).due())).containsExactly("k0", "k3");
        assertThat(node.claim("users", "f", HOUR, 0)).isEqualTo(new Claim(true, 4, 0, 0, List.of()));
    }

    @Test
    void newerWrite_keepsItsPlaceInTheQueue_unlessItHadFailed() {
        long[] versions = enqueue(3);
        node.failed(key(1), versions[1], 1, HOUR);
        node.enqueue(key(0), "newer");
        node.enqueue(key(1), "newer");

        assertThat(keys(node.claim("users", "f", HOUR).due())).containsExactly("k0", "k2", "k1");
    }

    @Test
    void claim_isExclusive_untilItIsGivenBack() {
        enqueue(1);
        ContractNode other = contract.join(config, "n2");

        assertThat(node.claim("users", "f", HOUR).granted()).isTrue();
        Claim refused = other.claim("users", "g", HOUR);
        assertHeld(refused, "f", HOUR);
        assertThat(other.claim("users", "g", 0)).isEqualTo(refused);
        assertThat(other.claim("users", "g", HOUR).granted())
                .as("not given back by another")
                .isFalse();
        assertThat(node.claim("users", "f", HOUR).granted()).as("renewed").isTrue();
        assertThat(node.claim("users", "f", 0)).isEqualTo(nothing(1, 0));
        assertThat(other.claim("users", "g", HOUR).granted()).isTrue();
        assertThat(node.claim("users", "f", HOUR).granted()).isFalse();
    }

    /** That another flusher's lease stands in the way of a claim. */
    private static Holder assertHeld(Claim claim, String flusher, long term) {
        Holder holder = Objects.requireNonNull(claim.holder());
        assertThat(claim).isEqualTo(new Claim(false, 1, 0, 0, List.of(), holder));
        assertThat(holder.holding()).startsWith(flusher + ":");
        assertThat(holder.term()).isEqualTo(term);
        return holder;
    }

    @Test
    void A43_claim_doesNotEndByTheStoresClock() {
        enqueue(1);
        node.claim("users", "f", 1);
        Holder first = assertHeld(node.claim("users", "g", HOUR), "f", 1);
        node.claim("users", "f", 1);

        assertThat(assertHeld(node.claim("users", "g", HOUR), "f", 1)).isNotEqualTo(first);
    }

    @Test
    void A43_claim_isTakenOver_fromTheHoldingThatHasRunOut_andFromNoOther() {
        enqueue(1);
        node.claim("users", "f", HOUR);
        Holder seen = assertHeld(node.claim("users", "g", HOUR), "f", HOUR);
        node.claim("users", "f", SOON, 0);

        Holder renewed = assertHeld(node.takeOver("users", "g", HOUR, seen.holding()), "f", SOON);

        Claim taken = node.takeOver("users", "g", HOUR, renewed.holding());
        assertThat(taken.granted()).isTrue();
        assertThat(taken.holder()).isNull();
        assertThat(keys(taken.due())).containsExactly("k0");
        assertHeld(node.claim("users", "f", HOUR), "g", HOUR);
        assertThat(node.takeOver("users", "h", HOUR, renewed.holding()).granted())
                .as("over the one before")
                .isFalse();
    }

    /** Else who looks from time to time takes several short ones for one that its holder died with. */
    @Test
    void A43_claim_givenBackAndClaimedAgain_isAnotherHolding() {
        enqueue(1);
        node.claim("users", "f", HOUR);
        Holder first = assertHeld(node.claim("users", "g", HOUR), "f", HOUR);
        node.claim("users", "f", 0);
        node.claim("users", "f", HOUR);

        Claim refused = node.takeOver("users", "g", HOUR, first.holding());

        assertThat(assertHeld(refused, "f", HOUR)).isNotEqualTo(first);
    }

    @Test
    void claim_whereNothingIsPendingAnyMore_isGivenBack() {
        long[] versions = enqueue(1);
        node.claim("users", "f", HOUR);
        node.flushed(key(0), versions[0]);

        assertThat(node.claim("users", "f", HOUR)).isEqualTo(nothing());
        enqueue(1);
        assertThat(node.claim("users", "g", HOUR).granted()).isTrue();
    }

    @Test
    void claims_areOfOneCache() {
        enqueue(1);
        RecordKey order = node.key("orders", "k0");
        node.enqueue(order, "o");

        assertThat(node.claim("users", "f", HOUR).due())
                .extracting(PendingWrite::key)
                .containsExactly(key(0));
        assertThat(node.claim("orders", "g", HOUR).due())
                .extracting(PendingWrite::key)
                .containsExactly(order);
    }

    @Test
    void claims_ofManyPartitions_areRepliedInTheirOrder() {
        ContractNode many = contract.join(StoreContract.fresh(4), "n1");
        List<RecordKey> keys =
                IntStream.range(0, 40).mapToObj(i -> many.key("users", "k" + i)).toList();
        keys.forEach(key -> many.enqueue(key, "v"));

        List<CompletionStage<Claim>> claims = many.namespace.claim("users", List.of(3, 0, 2), "f", HOUR, 100);

        assertThat(claims).hasSize(3);
        for (int i = 0; i < 3; i++) {
            int partition = new int[] {3, 0, 2}[i];
            assertThat(await(claims.get(i)).due())
                    .extracting(PendingWrite::key)
                    .containsExactlyElementsOf(keys.stream()
                            .filter(key -> key.partition() == partition)
                            .toList());
        }
        assertThat(many.namespace.claim("users", List.of(), "f", HOUR, 100)).isEmpty();
    }

    @Test
    void parkedWrites_areListed_theLongestParkedFirst() {
        long[] versions = enqueue(4);
        for (int i : new int[] {2, 0, 3}) {
            node.failed(key(i), versions[i], 9, Content.FOREVER);
        }
        node.failed(key(2), versions[2], 10, Content.FOREVER);

        assertThat(keys(node.parked("users", 10))).containsExactly("k2", "k0", "k3");
        assertThat(keys(node.parked("users", 2))).containsExactly("k2", "k0");
        assertThat(node.parked("users", 0)).isEmpty();
        assertThat(node.parked("orders", 10)).isEmpty();
        Claim claim = node.claim("users", "f", HOUR);
        assertThat(claim.pending()).isEqualTo(1);
        assertThat(claim.parked()).isEqualTo(3);
        assertThat(keys(claim.due())).containsExactly("k1");
    }

    @Test
    void pendingWrites_areHeardOf_andWhatBecomesOfThemIsNot() {
        RecordingListener listener = new RecordingListener();
        node.subscribe(listener);
        long[] versions = enqueue(2);
        node.claim("users", "f", HOUR);
        node.failed(key(0), versions[0], 1, Content.FOREVER);
        node.requeue(key(0));
        node.flushed(key(0), versions[0]);
        long last = node.put(key(1), "put").version();

        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(listener.changes())
                        .extracting(change -> change.version())
                        .containsExactly(versions[0], versions[1], last));
        assertThat(listener.hints()).isEmpty();
    }
}
