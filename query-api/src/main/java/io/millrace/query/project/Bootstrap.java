package io.millrace.query.project;

import io.millrace.query.auth.Scope;
import io.millrace.query.db.Uuid7;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Makes what a new installation needs to be used: a project, a key to send and read, a key for everything, and an
 * administrator. What is there already stays as it is, so that it may run at every start.
 */
public final class Bootstrap {
    private static final int RETENTION_DAYS = 30;

    private final String jdbcUrl;
    private final String user;
    private final String password;
    private final SecureRandom random = new SecureRandom();
    private final Uuid7 ids = new Uuid7(Clock.systemUTC(), random);

    /**
     * @param user the role of the API
     */
    public Bootstrap(String jdbcUrl, String user, String password) {
        this.jdbcUrl = jdbcUrl;
        this.user = user;
        this.password = password;
    }

    /**
     * The names and secrets that the installation begins with.
     *
     * @param publicKey of the key with the scopes ingest and read, as is {@code secretKey}
     * @param apiToken the secret of the key with every scope
     */
    public record Seed(
            UUID project,
            String projectName,
            String publicKey,
            String secretKey,
            String apiToken,
            String adminEmail,
            String adminPassword) {

        /** A new project with new secrets. */
        public static Seed random(SecureRandom random, String projectName, String adminEmail) {
            return new Seed(
                    new Uuid7(Clock.systemUTC(), random).next(),
                    projectName,
                    NewKey.randomPublicKey(random),
                    NewKey.randomSecretKey(random),
                    NewKey.randomSecretKey(random),
                    adminEmail,
                    NewKey.randomSecretKey(random).substring("sk-mr-".length(), "sk-mr-".length() + 24));
        }

        /** Without the secrets. */
        @Override
        public String toString() {
            return "Seed[" + project + "]";
        }
    }

    /**
     * Makes what is missing, all of it or nothing.
     *
     * @throws SQLException when the database refuses, or a public key is taken by another secret
     */
    public void run(Seed seed) throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl, user, password)) {
            connection.setAutoCommit(false);
            project(connection, new Project(seed.project(), seed.projectName(), RETENTION_DAYS));
            key(connection, seed, "default", seed.publicKey(), seed.secretKey(), EnumSet.of(Scope.INGEST, Scope.READ));
            String tokenPublicKey = NewKey.randomPublicKey(random);
            key(connection, seed, "api token", tokenPublicKey, seed.apiToken(), EnumSet.allOf(Scope.class));
            administrator(connection, seed);
            connection.commit();
        }
    }

    private static void project(Connection connection, Project project) throws SQLException {
        call(
                connection,
                "select bootstrap_project(?, ?, ?, ?)",
                project.id(),
                project.name(),
                project.retentionDays(),
                project.controlValue());
    }

    private void key(
            Connection connection, Seed seed, String name, String publicKey, String secretKey, Set<Scope> scopes)
            throws SQLException {
        NewKey key = new NewKey(
                ids.next(), seed.project(), name, publicKey, secretKey, scopes, Optional.empty(), Rates.NONE);
        call(
                connection,
                "select bootstrap_api_key(?, ?, ?, ?, ?, ?, ?)",
                key.id(),
                key.project(),
                key.name(),
                key.publicKey(),
                key.secretSha256(),
                connection.createArrayOf("text", key.scopeLabels().toArray()),
                key.controlValue());
    }

    /** Hashing is slow on purpose: it is done once. */
    private void administrator(Connection connection, Seed seed) throws SQLException {
        if (!call(connection, "select user_exists(?)", seed.adminEmail())) {
            call(
                    connection,
                    "select bootstrap_user(?, ?, ?)",
                    ids.next(),
                    seed.adminEmail(),
                    PasswordHash.of(seed.adminPassword(), random));
        }
    }

    private static boolean call(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}
