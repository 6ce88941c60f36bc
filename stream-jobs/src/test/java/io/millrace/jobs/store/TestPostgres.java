package io.millrace.jobs.store;

import io.millrace.backing.BackingStack;
import io.millrace.backing.DatabaseServer;
import io.millrace.schema.sql.Migrations;
import io.millrace.schema.sql.ServiceRole;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A Postgres for all tests of this JVM, with a database of the current schema for each test that asks. */
public final class TestPostgres {
    private static final String TEMPLATE = "millrace_template";
    private static final String PASSWORD = "secret of the tests";
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static final class Shared {
        private static final DatabaseServer SERVER = start();
    }

    private final String name;

    private TestPostgres(String name) {
        this.name = name;
    }

    /** A database with the tables and no rows. */
    public static TestPostgres create() throws SQLException {
        String name = "test" + DATABASES.incrementAndGet();
        execute("postgres", "create database " + name + " template " + TEMPLATE);
        return new TestPostgres(name);
    }

    /** Waits for what happens in its own time; generous, for machines that are busy with other things. */
    public static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(100));
    }

    public DatabaseServer server() {
        return Shared.SERVER;
    }

    public String jdbcUrl() {
        return Shared.SERVER.jdbcUrl(name);
    }

    public Database as(ServiceRole role) {
        return new Database(jdbcUrl(), role.user(), PASSWORD);
    }

    public StoreFactory storeFactory() {
        return new PgStoreFactory(jdbcUrl(), ServiceRole.WRITER.user(), PASSWORD);
    }

    /** A connection of the superuser. */
    public Connection connect() throws SQLException {
        return connect(name);
    }

    public void execute(String sql) throws SQLException {
        execute(name, sql);
    }

    /** The rows of a query, each as its columns' text joined by {@code |}; null is the empty text. */
    public List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    String value = result.getString(i);
                    row.append(i == 1 ? "" : "|").append(value == null ? "" : value);
                }
                rows.add(row.toString());
            }
        }
        return rows;
    }

    public String value(String sql) throws SQLException {
        return rows(sql).get(0);
    }

    private static DatabaseServer start() {
        try {
            DatabaseServer server = BackingStack.shared().durablePostgres();
            execute(server, "postgres", "create database " + TEMPLATE);
            Migrations migrations = new Migrations(server.jdbcUrl(TEMPLATE), server.user(), server.password());
            migrations.apply();
            migrations.enableLogins(Map.of(ServiceRole.WRITER, PASSWORD, ServiceRole.KEEPER, PASSWORD));
            return server;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Connection connect(String database) throws SQLException {
        return connect(Shared.SERVER, database);
    }

    private static Connection connect(DatabaseServer server, String database) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
    }

    private static void execute(String database, String sql) throws SQLException {
        execute(Shared.SERVER, database, sql);
    }

    private static void execute(DatabaseServer server, String database, String sql) throws SQLException {
        try (Connection connection = connect(server, database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
