package dev.duet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JvmProcessIT {

    /** Says hello, and waits to be killed. */
    static final class Sleeper {
        public static void main(String[] arguments) throws Exception {
            System.out.println("hello " + String.join(" ", arguments) + " " + System.getProperty("option"));
            new CountDownLatch(1).await();
        }
    }

    private static JvmProcess start() {
        JvmProcess jvm =
                JvmProcess.start("sleeper", Sleeper.class, List.of("-Xmx32m", "-Doption=o"), List.of("a", "b"));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(jvm.output()).isEqualTo("hello a b o"));
        return jvm;
    }

    @Test
    void start_runsTheMainClass_untilItIsClosed() {
        JvmProcess jvm = start();
        long pid = jvm.pid();
        assertThat(jvm.isAlive()).isTrue();

        jvm.close();
        jvm.close();

        assertThat(jvm.isAlive()).isFalse();
        assertThat(ChildJvm.isRunning(pid)).isFalse();
    }

    @Test
    void pause_thenResume_thenKill() {
        try (JvmProcess jvm = start()) {
            jvm.pause();
            assertThat(jvm.isAlive()).isTrue();
            assertThat(jvm.awaitExit(Duration.ofMillis(50))).isFalse();
            jvm.resume();
            jvm.pause();

            jvm.kill();

            assertThat(jvm.awaitExit(Duration.ZERO)).isTrue();
            assertThatThrownBy(jvm::pause).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void jvmKilled_whileItsJvmIsPaused_takesItAndItsDirectoryWithIt(@TempDir Path temporary) throws Exception {
        try (ChildJvm parent = ChildJvm.start("paused-jvm", temporary)) {
            long pid = parent.awaitServer();
            assertThat(ChildJvm.isRunning(pid)).isTrue();

            parent.kill();

            await().atMost(Duration.ofSeconds(10)).until(() -> !ChildJvm.isRunning(pid));
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> ChildJvm.serverDirectories(temporary).isEmpty());
        }
    }
}
