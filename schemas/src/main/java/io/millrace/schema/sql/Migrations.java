package io.millrace.schema.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;

/** Brings a database to the schema of this version; forward only. Safe to call from several processes at once. */
public final class Migrations {
    private final String jdbcUrl;
    private final String user;
    private final String password;

    /**
     * How far a database is.
     *
     * @param version of the last migration that was applied; empty if there was none
     * @param pending migrations of this version that are missing
     * @param failed whether one began and did not end
     * @param ahead whether a later version than this one has migrated it
     */
    public record State(String version, int pending, boolean failed, boolean ahead) {}

    /** The right to migrate. */
    @FunctionalInterface
    public interface Lock extends AutoCloseable {
        @Override
        void close() throws SQLException;
    }

    /**
     * @param user who will own the tables and may create roles
     */
    public Migrations(String jdbcUrl, String user, String password) {
        this.jdbcUrl = jdbcUrl;
        this.user = user;
        this.password = password;
    }

    /**
     * Applies what is missing.
     *
     * @return how many migrations were applied
     */
    public int apply() {
        return flyway().migrate().migrationsExecuted;
    }

    /** How far the database is, without changing it. */
    public State state() {
        MigrationInfoService info = flyway().info();
        MigrationInfo current = info.current();
        boolean failed = Arrays.stream(info.all())
                .anyMatch(migration -> migration.getState().isFailed());
        boolean ahead =
                Arrays.stream(info.all()).anyMatch(migration -> migration.getState() == MigrationState.FUTURE_SUCCESS);
        return new State(
                current == null ? "" : String.valueOf(current.getVersion()), info.pending().length, failed, ahead);
    }

    /**
     * Keeps all others who ask for this lock out until it is closed.
     *
     * @throws SQLException when another one has it for longer than a minute (SQLSTATE 55P03), or the database refuses
     */
    public Lock lock() throws SQLException {
        Connection connection = DriverManager.getConnection(jdbcUrl, user, password);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set lock_timeout = '60s'");
            statement.execute("select pg_advisory_lock(7005300150)");
            return connection::close;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private Flyway flyway() {
        return Flyway.configure()
                .dataSource(jdbcUrl, user, password)
                .locations("classpath:db/migration")
                .validateMigrationNaming(true)
                .load();
    }

    /**
     * Gives each role its log-in.
     *
     * @param passwords a password for each role that a service logs in as
     */
    public void enableLogins(Map<ServiceRole, String> passwords) throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl, user, password)) {
            for (Map.Entry<ServiceRole, String> entry : passwords.entrySet()) {
                // DDL takes no parameters, so the server itself quotes the two literals.
                try (PreparedStatement format =
                        connection.prepareStatement("select format('alter role %I login password %L', ?, ?)")) {
                    format.setString(1, entry.getKey().user());
                    format.setString(2, entry.getValue());
                    try (ResultSet row = format.executeQuery();
                            Statement alter = connection.createStatement()) {
                        row.next();
                        alter.execute(row.getString(1));
                    }
                }
            }
        }
    }
}
