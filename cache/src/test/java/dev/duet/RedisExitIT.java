package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duet.redis.RedisStore;
import dev.duet.testkit.JvmProcess;
import dev.duet.testkit.RedisExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.Redisson;
import org.redisson.config.Config;

/** A {@code main} that returns and closes nothing ends its JVM, unless it has a client of its own. */
class RedisExitIT {

    private static final Duration LONG = Duration.ofSeconds(30);

    @RegisterExtension
    static final RedisExtension REDIS = RedisExtension.create();

    /** Reads through a cache on Redis, and returns. */
    static final class Application {
        public static void main(String[] arguments) {
            String uri = arguments[0].replaceAll("/0$", "");
            Config config = new Config();
            config.useSingleServer().setAddress(uri).setPingConnectionInterval(1_000);
            RedisStore store = switch (arguments[1]) {
                case "uri" -> RedisStore.connect(uri);
                case "config" -> RedisStore.connect(config);
                default -> RedisStore.using(Redisson.create(config));
            };
            Duet duet = Duet.builder().store(store).build();
            TwoLevelCache<String, String> users = duet.cache("users", String.class, String.class)
                    .loader(key -> "v1")
                    .build();
            users.update("456", () -> {});
            System.out.println("read " + users.get("456"));
        }
    }

    private static JvmProcess start(String kind) {
        return JvmProcess.start(
                "exit",
                Application.class,
                List.of("-Xmx128m"),
                List.of(REDIS.server().uri(), kind));
    }

    @ParameterizedTest
    @ValueSource(strings = {"uri", "config"})
    void main_returnsWithoutClose_endsTheJvm(String kind) {
        JvmProcess jvm = start(kind);
        try {
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(jvm.isAlive()).as(jvm.output()).isFalse());
            assertThat(jvm.output()).contains("read v1");
        } finally {
            jvm.close();
        }
    }

    @Test
    void main_handsAClientOver_whichIsLeftAsItIs() {
        JvmProcess jvm = start("using");
        try {
            await().atMost(LONG).until(() -> jvm.output().contains("read v1"));
            await().during(Duration.ofSeconds(3)).atMost(LONG).until(jvm::isAlive);
        } finally {
            jvm.close();
        }
    }
}
