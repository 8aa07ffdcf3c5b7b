package dev.duet.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceConfigTest {

    /** Nodes of different versions meet on one store: these must never change. */
    @Test
    void partitionOf_isFixedForEver() {
        NamespaceConfig config = NamespaceConfig.defaults();

        assertThat(config.partitionOf("users", "456")).isEqualTo(61);
        assertThat(config.partitionOf("users", "")).isEqualTo(24);
        assertThat(config.partitionOf("users", "ä😀")).isEqualTo(61);
    }

    @Test
    void partitionOf_manyKeys_spreadsThem() {
        NamespaceConfig config = NamespaceConfig.defaults();
        int[] counts = new int[config.partitions()];
        IntStream.range(0, 64_000).forEach(id -> counts[config.partitionOf("users", Integer.toString(id))]++);

        assertThat(IntStream.of(counts).boxed()).allMatch(count -> count > 800 && count < 1_200);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 4_097})
    void partitions_outOfRange_areRefused(int partitions) {
        assertThatThrownBy(() -> new NamespaceConfig("duet", partitions))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("partitions must be from 1 to 4096, but is " + partitions);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "a{b}", "a b"})
    void name_withOtherCharacters_isRefused(String name) {
        assertThatThrownBy(() -> new NamespaceConfig(name, 64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("namespace");
    }
}
