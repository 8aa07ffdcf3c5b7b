package dev.duet.samples.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeSettingsTest {

    private static final Map<String, String> COMPLETE = Map.of(
            "USERS_NODE", "node1",
            "USERS_STORE", "redis://127.0.0.1:6379",
            "USERS_DATABASE", "jdbc:postgresql://127.0.0.1/users");

    @Test
    void from_aCompleteEnvironment_takesAnyPort() {
        assertThat(NodeSettings.from(COMPLETE))
                .isEqualTo(new NodeSettings("node1", "redis://127.0.0.1:6379", "jdbc:postgresql://127.0.0.1/users", 0));
    }

    @Test
    void from_anEmptyEnvironment_namesAllThatIsMissing() {
        assertThatThrownBy(() -> NodeSettings.from(Map.of("USERS_STORE", " ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the environment lacks USERS_NODE, USERS_STORE, USERS_DATABASE");
    }

    @ParameterizedTest
    @CsvSource({
        "USERS_NODE, Node 1",
        "USERS_NODE, node1'); DROP TABLE users",
        "USERS_STORE, 127.0.0.1:6379",
        "USERS_STORE, hazelcast://127.0.0.1",
        "USERS_DATABASE, jdbc:h2:mem:users",
        "USERS_PORT, 65536",
        "USERS_PORT, -1",
        "USERS_PORT, http",
    })
    void from_aWrongValue_namesTheVariable(String name, String value) {
        Map<String, String> environment = new HashMap<>(COMPLETE);
        environment.put(name, value);

        assertThatThrownBy(() -> NodeSettings.from(environment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }
}
