package io.millrace.schema.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.flywaydb.core.Flyway;

/** Brings a database to the schema of this version; forward only. Safe to call from several processes at once. */
public final class Migrations {
    private final String jdbcUrl;
    private final String user;
    private final String password;

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
        return Flyway.configure()
                .dataSource(jdbcUrl, user, password)
                .locations("classpath:db/migration")
                .validateMigrationNaming(true)
                .load()
                .migrate()
                .migrationsExecuted;
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
