package io.millrace.standalone;

import io.millrace.blob.BlobStoreConfig;
import io.millrace.embedded.DataFolder;
import io.millrace.embedded.FlinkCluster;
import io.millrace.embedded.FlinkConfig;
import io.millrace.embedded.Teardown;
import io.millrace.query.migration.KafkaTopics;
import io.millrace.schema.sql.Migrations;
import io.millrace.schema.sql.ServiceRole;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.admin.Admin;

/** What stands behind the services: the log, the database, the cache and the cluster, with their topics, tables and log-ins. */
final class Backing {
    private static final String DATABASE = "millrace";

    private final DataFolder data;
    private final Servers servers;
    private final FlinkCluster flink;
    private final Map<ServiceRole, String> passwords = new EnumMap<>(ServiceRole.class);

    /**
     * Nothing runs yet.
     *
     * @param teardown closes Flink before the servers, which it has already if they are to be closed
     */
    Backing(DataFolder data, Teardown teardown, Servers servers) {
        this.data = data;
        this.servers = servers;
        this.flink = teardown.add("flink", new FlinkCluster(FlinkConfig.in(data, Jobs.SLOTS)));
        for (ServiceRole role : ServiceRole.values()) {
            passwords.put(role, data.secret(role.user()));
        }
    }

    /** What hashes of masked texts are keyed with, the same at each start. */
    byte[] maskingKey() {
        return data.secret("masking").getBytes(StandardCharsets.UTF_8);
    }

    /** Where large payloads and files are kept. */
    BlobStoreConfig blobs() {
        return new BlobStoreConfig.Folder(data.folder("blobs"));
    }

    /** What secrets of webhooks are sealed with, the same at each start. */
    String webhookKey() {
        return data.secret("webhooks");
    }

    /** Starts them side by side, and returns when topics and tables are there. */
    void start() throws Exception {
        CompletableFuture<Void> database = CompletableFuture.runAsync(this::startPostgres);
        CompletableFuture<Void> cluster = CompletableFuture.runAsync(flink::start);
        CompletableFuture<Void> cache = CompletableFuture.runAsync(servers::startCache);
        servers.startLog();
        try (Admin admin = Admin.create(new HashMap<>(kafka()))) {
            new KafkaTopics(admin, 1).ensure();
        }
        try {
            CompletableFuture.allOf(database, cluster, cache).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private void startPostgres() {
        servers.startDatabase();
        try {
            createDatabase();
            Migrations migrations = new Migrations(jdbcUrl(), servers.user(), servers.password());
            migrations.apply();
            migrations.enableLogins(passwords);
        } catch (SQLException e) {
            throw new IllegalStateException("the database could not be prepared", e);
        }
    }

    private void createDatabase() throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(jdbcUrl("postgres"), servers.user(), servers.password());
                Statement statement = connection.createStatement();
                ResultSet present =
                        statement.executeQuery("select from pg_database where datname = '" + DATABASE + "'")) {
            if (!present.next()) {
                statement.execute("create database " + DATABASE);
            }
        }
    }

    /** Where the log is. */
    String bootstrap() {
        return Objects.requireNonNull(kafka().get("bootstrap.servers"));
    }

    /** The address of the cache, with its password; empty if there is none. */
    Optional<String> cache() {
        return servers.cache();
    }

    /** How clients of the log find it and log in. */
    Map<String, String> kafka() {
        return servers.kafka();
    }

    String database() {
        return DATABASE;
    }

    String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    private String jdbcUrl(String name) {
        return "jdbc:postgresql://" + servers.databaseHost() + ":" + servers.databasePort() + "/" + name;
    }

    String password(ServiceRole role) {
        return Objects.requireNonNull(passwords.get(role));
    }

    FlinkCluster flink() {
        return flink;
    }

    String postgresHost() {
        return servers.databaseHost();
    }

    int postgresPort() {
        return servers.databasePort();
    }

    /** For {@code ports.json}. */
    Map<String, Object> ports() {
        Map<String, Object> ports = new HashMap<>(servers.ports());
        Map<String, Object> postgres =
                new HashMap<>(Objects.requireNonNull(servers.ports().get("postgres")));
        postgres.put("database", DATABASE);
        ports.put("postgres", postgres);
        ports.put("flink", Map.of("port", flink.rest().getPort()));
        return ports;
    }

    /** The free share of the volume that holds the log. */
    double freeDisk() {
        File root = data.root().toFile();
        return root.getTotalSpace() == 0 ? 1 : (double) root.getUsableSpace() / root.getTotalSpace();
    }
}
