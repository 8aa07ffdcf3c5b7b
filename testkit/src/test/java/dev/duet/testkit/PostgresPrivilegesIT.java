package dev.duet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.testkit.internal.Privileges;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PostgresPrivilegesIT {

    @ParameterizedTest
    @EnumSource(Privileges.class)
    void start_eachWayToDropPrivileges_worksWhereItIsUsable(Privileges privileges) {
        if (privileges.isUsable()) {
            try (PostgresServer postgres = PostgresServer.start(Map.of(), privileges)) {
                assertThat(postgres.isRunning()).isTrue();
            }
        } else {
            assertThatThrownBy(() -> PostgresServer.start(Map.of(), privileges))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void detect_asRoot_isNotTheOrdinaryWay() {
        boolean root = System.getProperty("user.name").equals("root");

        assertThat(Privileges.detect() == Privileges.ORDINARY).isEqualTo(!root);
    }
}
