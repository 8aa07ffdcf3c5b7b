package dev.duet.benchmarks.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DatabaseTest {

    @Test
    void writes_countVersionsFromOne_andAreTimed() throws IOException {
        try (Database database = new Database()) {
            DatabaseClient client = new DatabaseClient(database.port());
            assertThat(client.read(1)).isEqualTo(1);
            assertThat(client.lastWritten(1)).isEqualTo(1);
            long before = System.nanoTime();
            DatabaseClient.Committed committed = client.write(1);

            assertThat(committed.version()).isEqualTo(2);
            assertThat(committed.time()).isBetween(before, System.nanoTime());
            assertThat(client.read(1)).isEqualTo(2);
            assertThat(client.read(2)).isEqualTo(1);
            assertThat(client.lastWritten(1)).isEqualTo(2);
            assertThat(database.version(1)).isEqualTo(2);
            assertThat(database.commitTimes(1)).containsEntry(2L, committed.time());
            assertThat(database.lastCommit()).isGreaterThanOrEqualTo(committed.time());
        }
    }

    @Test
    void holdUpNextRead_aWriteMeanwhile_isNotRead() throws Exception {
        try (Database database = new Database()) {
            DatabaseClient client = new DatabaseClient(database.port());
            database.holdUpNextRead(1, 500);
            long[] read = new long[1];
            long begin = System.nanoTime();
            Thread reader = new Thread(() -> read[0] = client.read(1));
            reader.start();
            while (database.isHeldUp(1)) {
                Thread.onSpinWait();
            }
            client.write(1);
            reader.join();

            assertThat(read[0]).isEqualTo(1);
            assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(499));
            assertThat(client.read(1)).isEqualTo(2);
        }
    }

    @Test
    void leaveUnanswered_theWriterIsNotTold_andTheWriteIsThere() throws Exception {
        try (Database database = new Database()) {
            DatabaseClient client = new DatabaseClient(database.port());
            CountDownLatch committed = database.leaveUnanswered(Set.of(1L));
            Thread writer = new Thread(() -> client.write(1));
            writer.setDaemon(true);
            writer.setUncaughtExceptionHandler((thread, closed) -> {});
            writer.start();

            assertThat(committed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.read(1)).isEqualTo(2);
            assertThat(client.lastWritten(1)).isEqualTo(1);
        }
    }
}
