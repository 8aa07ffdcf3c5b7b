package dev.duet.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.duet.Duet;
import dev.duet.TwoLevelCache;
import dev.duet.store.InMemoryStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What an application is told that forgets to close a write. Outside the package of Duet, as applications are. */
class ForgottenWriteTest {

    private final Logger log = (Logger) LoggerFactory.getLogger("dev.duet.AnnouncedWrite");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    @BeforeEach
    void listen() {
        appender.start();
        log.addAppender(appender);
        log.setLevel(Level.WARN);
        log.setAdditive(false);
    }

    @AfterEach
    void listenNoMore() {
        log.detachAppender(appender);
        log.setLevel(null);
        log.setAdditive(true);
    }

    @Test
    void beginWrite_neverClosed_warnsWithThePlaceOnce() {
        try (Duet duet = Duet.builder()
                .store(InMemoryStore.create())
                .maxStaleness(Duration.ofMillis(150))
                .build()) {
            TwoLevelCache<Long, String> accounts =
                    duet.cache("accounts", Long.class, String.class).build();
            transfer(accounts);
            List.of(1L).forEach(accounts::beginWrite);

            await().atMost(Duration.ofSeconds(30)).until(() -> {
                System.gc();
                return warnings().size() == 2;
            });

            assertThat(warnings())
                    .allSatisfy(warning -> assertThat(warning).contains("and never closed"))
                    .anySatisfy(
                            warning -> assertThat(warning)
                                    .contains("accounts")
                                    .containsPattern(
                                            " at dev\\.duet\\.docs\\.ForgottenWriteTest\\.transfer\\(ForgottenWriteTest\\.java:\\d+\\)"))
                    .anySatisfy(warning -> assertThat(warning).contains("ForgottenWriteTest.beginWrite_neverClosed"));
        }
    }

    private static void transfer(TwoLevelCache<Long, String> accounts) {
        accounts.beginWrite(List.of(7L, 8L));
    }

    private List<String> warnings() {
        return List.copyOf(appender.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
