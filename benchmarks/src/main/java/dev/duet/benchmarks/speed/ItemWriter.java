package dev.duet.benchmarks.speed;

import dev.duet.CacheWrite;
import dev.duet.CacheWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** Writes items over JDBC: one in a statement of its own, several in one transaction and one batch. Thread-safe. */
final class ItemWriter implements CacheWriter<Long, String> {

    private static final String UPSERT =
            "insert into items (id, text, version) values (?, ?, ?) on conflict (id) do update"
                    + " set text = excluded.text, version = excluded.version where items.version < excluded.version";

    private final DataSource database;

    ItemWriter(DataSource database) {
        this.database = database;
    }

    @Override
    public void write(Long id, String text) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement upsert =
                        connection.prepareStatement("insert into items (id, text, version) values (?, ?, 0)"
                                + " on conflict (id) do update set text = excluded.text")) {
            upsert.setLong(1, id);
            upsert.setString(2, text);
            upsert.executeUpdate();
        }
    }

    @Override
    public void delete(Long id) {
        throw new UnsupportedOperationException("nothing is removed here");
    }

    @Override
    public void writeAll(List<CacheWrite<Long, String>> writes) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(writes.size() == 1);
            try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
                for (CacheWrite<Long, String> write : writes) {
                    upsert.setLong(1, write.key());
                    upsert.setString(2, write.value());
                    upsert.setLong(3, write.version());
                    upsert.addBatch();
                }
                upsert.executeBatch();
            }
            if (writes.size() > 1) {
                connection.commit();
            }
        }
    }
}
