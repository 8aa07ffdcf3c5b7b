package dev.duet.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.CacheWrite;
import dev.duet.CacheWriter;
import dev.duet.Duet;
import dev.duet.TwoLevelCache;
import dev.duet.WriteIntent;
import dev.duet.docs.Shop.Product;
import dev.duet.store.InMemoryStore;
import dev.duet.testkit.PostgresExtension;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The examples of {@code docs/writing.md} that take a database, which {@link DocumentationTest} holds to these. */
class WritingExamplesIT {

    @RegisterExtension
    static final PostgresExtension POSTGRES = PostgresExtension.create();

    private final Duet duet = Duet.builder().store(InMemoryStore.create()).build();
    private final DataSource pool = POSTGRES.server().dataSource();

    @BeforeEach
    void createTables() throws SQLException {
        execute("drop table if exists products");
        execute("create table products (id bigint primary key, name text, version bigint not null default 0)");
        execute("drop table if exists accounts");
        execute("create table accounts (id bigint primary key, cents bigint not null)");
        execute("insert into accounts values (1, 500), (2, 0)");
    }

    @AfterEach
    void close() {
        duet.close();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Product findProduct(long id) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement query =
                        connection.prepareStatement("select name from products where id = ? and name is not null")) {
            query.setLong(1, id);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? new Product(id, rows.getString(1)) : null;
            }
        }
    }

    private Long findCents(long id) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement query = connection.prepareStatement("select cents from accounts where id = ?")) {
            query.setLong(1, id);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getLong(1) : null;
            }
        }
    }

    private static void add(Connection connection, long account, long cents) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update accounts set cents = cents + ? where id = ?")) {
            update.setLong(1, cents);
            update.setLong(2, account);
            update.executeUpdate();
        }
    }

    @Test
    @SuppressWarnings("try") // an intent is there to be closed
    void beginWrite() throws SQLException {
        TwoLevelCache<Long, Long> accounts = duet.cache("accounts", Long.class, Long.class)
                .loader(this::findCents)
                .build();
        long from = 1;
        long to = 2;
        assertThat(accounts.getAll(List.of(from, to))).containsValues(500L, 0L);
        // example: transaction
        try (WriteIntent intent = accounts.beginWrite(List.of(from, to)); // before the connection, so closed after it
                Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            add(connection, from, -100);
            add(connection, to, 100);
            connection.commit();
        }
        // end
        assertThat(accounts.getAll(List.of(from, to))).containsValues(400L, 100L);
    }

    // example: writer
    static class ProductWriter implements CacheWriter<Long, Product> {

        final DataSource pool;

        ProductWriter(DataSource pool) {
            this.pool = pool;
        }

        @Override
        public void write(Long id, Product product) throws SQLException {
            String sql = "insert into products (id, name) values (?, ?)"
                    + " on conflict (id) do update set name = excluded.name";
            try (Connection connection = pool.getConnection();
                    PreparedStatement write = connection.prepareStatement(sql)) {
                write.setLong(1, id);
                write.setString(2, product.name());
                write.executeUpdate();
            }
        }

        @Override
        public void delete(Long id) throws SQLException {
            try (Connection connection = pool.getConnection();
                    PreparedStatement delete = connection.prepareStatement("delete from products where id = ?")) {
                delete.setLong(1, id);
                delete.executeUpdate();
            }
        }
    }
    // end

    @Test
    void writeThrough() throws SQLException {
        // example: write-through
        TwoLevelCache<Long, Product> products = duet.cache("products", Long.class, Product.class)
                .loader(this::findProduct)
                .writer(new ProductWriter(pool))
                .build();

        products.put(7L, new Product(7L, "green tea")); // committed, in the store, and near, when it returns
        products.invalidate(8L); // deleted from the database
        products.refresh(7L); // only the caches drop it, and it is loaded
        products.invalidateAll(); // only the caches drop everything
        // end
        assertThat(findProduct(7)).isEqualTo(products.get(7L));
        assertThatThrownBy(() -> products.put(9L, new Product(9L, "\0"))).isInstanceOf(SQLException.class);
        assertThat(products.get(9L)).isNull();
    }

    static final class FencedWriter extends ProductWriter {

        FencedWriter(DataSource pool) {
            super(pool);
        }

        // example: fence
        @Override
        public void writeAll(List<CacheWrite<Long, Product>> writes) throws SQLException {
            String sql = "insert into products (id, name, version) values (?, ?, ?)"
                    + " on conflict (id) do update set name = excluded.name, version = excluded.version"
                    + " where products.version < excluded.version";
            try (Connection connection = pool.getConnection();
                    PreparedStatement statement = connection.prepareStatement(sql)) {
                connection.setAutoCommit(false);
                for (CacheWrite<Long, Product> write : writes) {
                    Product product = write.value();
                    statement.setLong(1, write.key());
                    statement.setString(2, product == null ? null : product.name()); // without a name: removed
                    statement.setLong(3, write.version());
                    statement.addBatch();
                }
                statement.executeBatch();
                connection.commit();
            }
        }
        // end
    }

    @Test
    void fence_olderWritesThatComeLate_changeNothing() throws SQLException {
        FencedWriter writer = new FencedWriter(pool);
        Product green = new Product(7, "green tea");
        Product oolong = new Product(7, "oolong");
        writer.writeAll(List.of(new CacheWrite<>(7L, green, 11)));
        writer.writeAll(List.of(new CacheWrite<>(7L, oolong, 12)));
        writer.writeAll(List.of(new CacheWrite<>(7L, green, 11)));
        assertThat(findProduct(7)).isEqualTo(oolong);
        writer.writeAll(List.of(new CacheWrite<>(7L, null, 13)));
        writer.writeAll(List.of(new CacheWrite<>(7L, oolong, 12)));
        assertThat(findProduct(7)).isNull();
    }
}
