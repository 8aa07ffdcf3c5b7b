package dev.duet.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.store.Change;
import dev.duet.store.Content;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.Store;
import dev.duet.store.StoreConfigurationException;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Namespaces keep apart, nodes share, and keys and payloads come back as they were. */
abstract class ContentsContract {

    private final StoreContract contract;
    private NamespaceConfig config;
    private ContractNode node;
    private RecordKey key;

    ContentsContract(StoreContract contract) {
        this.contract = contract;
    }

    @BeforeEach
    void join() {
        config = StoreContract.fresh(4);
        node = contract.join(config, "n1");
        key = node.key("users", "456");
    }

    static Stream<String> oddKeys() {
        return Stream.of(
                "",
                " ",
                "two words",
                " leading and trailing ",
                "a:b:c",
                "{17}",
                "}{",
                "line\nbreak\r\nand\ttab",
                "nul\0byte",
                "head",
                "grüße 🦄 汉字",
                "%s %d \\ \" '",
                "k".repeat(10_000));
    }

    @ParameterizedTest
    @MethodSource("oddKeys")
    void oddKey_isKeptApart_andComesBackInTheFeed(String text) {
        RecordKey odd = node.key("users", text);
        long[] heads = node.heads();
        RecordingListener listener = new RecordingListener();
        node.subscribe(listener);

        node.put(odd, "v1");

        assertThat(node.see(odd)).isEqualTo("v1");
        assertThat(node.see(node.key("users", text + "x"))).isEqualTo("missing");
        assertThat(node.see(node.key("orders", text))).isEqualTo("missing");
        FeedContract.awaitChanges(listener, 1);
        assertThat(listener.changes()).extracting(Change::key).containsExactly(text);
        assertThat(node.changesAfter(odd.partition(), heads[odd.partition()])).isEqualTo(listener.changes());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 255, 1_024, 1_048_576})
    void payload_comesBackAsItWas(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);

        node.execute(key, new Operation.Put(new Content(Payload.of(bytes), Content.FOREVER, 0)));

        assertThat(node.read(key))
                .isInstanceOfSatisfying(
                        Reading.Hit.class,
                        hit -> assertThat(hit.payload().bytes()).isEqualTo(bytes));
        node.begin(key, "writer");
        assertThat(node.read(key)).isInstanceOfSatisfying(Reading.Writing.class, writing -> {
            Reading.Hit old = Objects.requireNonNull(writing.old());
            assertThat(old.payload().bytes()).isEqualTo(bytes);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"V 1 2 3 4 5\n", "\n", "I 0 a:9\n", "L a 1 2\n", "\0\0", "{}"})
    void payload_thatLooksLikeARecord_isOnlyAPayload(String text) {
        node.put(key, text);
        assertThat(node.see(key)).isEqualTo(text);
        node.begin(key, "writer");
        assertThat(node.see(key)).isEqualTo("writing over " + text);
    }

    @Test
    void nodes_shareANamespace() {
        ContractNode other = contract.join(config, "n2");
        long version = node.put(key, "v1").version();

        assertThat(other.see(key)).isEqualTo("v1");
        assertThat(other.head(key)).isEqualTo(version);
        other.begin(key, "writer");
        assertThat(node.see(key)).isEqualTo("writing over v1");
        other.invalidateAll("users");
        assertThat(node.see(key)).isEqualTo("writing over nothing");
    }

    @Test
    void nodes_ofOneStore_shareANamespace() {
        Store store = contract.store();
        ContractNode first = contract.join(store, config, "n2");
        ContractNode second = contract.join(store, config, "n3");
        RecordingListener listener = new RecordingListener();
        second.subscribe(listener);

        first.put(key, "v1");

        assertThat(second.see(key)).isEqualTo("v1");
        FeedContract.awaitChanges(listener, 1);
        assertThat(listener.changes()).extracting(Change::origin).containsExactly("n2");
    }

    @Test
    void namespaces_doNotSeeEachOther() {
        ContractNode other = contract.join(StoreContract.fresh(4), "n1");
        RecordingListener listener = new RecordingListener();
        other.subscribe(listener);
        long[] heads = other.heads();

        node.put(key, "v1");
        node.invalidateAll("users");
        other.put(key, "mine");

        assertThat(node.see(key)).isEqualTo("missing");
        assertThat(other.see(key)).isEqualTo("mine");
        heads[key.partition()]++;
        assertThat(other.heads()).isEqualTo(heads);
        FeedContract.awaitChanges(listener, 1);
        assertThat(listener.changes()).hasSize(1);
    }

    @Test
    void config_isTheOneOpened() {
        assertThat(node.namespace.config()).isEqualTo(config);
    }

    @Test
    void otherNumberOfPartitions_isRefused_withTheRemedy() {
        Store store = contract.store();
        NamespaceConfig wrong = new NamespaceConfig(config.name(), 8);

        assertThatThrownBy(() -> store.open(wrong, "n2"))
                .isInstanceOf(StoreConfigurationException.class)
                .hasMessageContaining(config.name())
                .hasMessageContaining(store.address())
                .hasMessageContaining("4 partitions")
                .hasMessageContaining("partitions(8)");
        assertThat(contract.join(store, config, "n2").namespace.config()).isEqualTo(config);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a node", "n\n1", "n:1"})
    void nodeName_thatWouldBreakMessages_isRefused(String name) {
        Store store = contract.store();

        assertThatThrownBy(() -> store.open(config, name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("node");
    }

    @Test
    void close_ofAStore_twice_isHarmless() {
        Store store = contract.store();
        store.close();
        store.close();
    }
}
