package io.millrace.standalone.doctor;

import io.millrace.query.migration.Breach;
import io.millrace.query.migration.ClusterState;
import io.millrace.query.migration.KafkaCluster;
import io.millrace.query.migration.TopicPromise;
import io.millrace.schema.sql.Migrations;
import io.millrace.schema.topic.Topic;
import io.millrace.standalone.doctor.DatabaseState.Role;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;

/**
 * What is looked at in Kafka and in Postgres.
 *
 * @param kafka how clients find the cluster and log in
 * @param replicas that topics are to have
 * @param owner of the tables: the services' roles do not see what was migrated
 */
public record ServiceChecks(
        Map<String, String> kafka, int replicas, String jdbcUrl, String owner, String ownerPassword) {
    private static final String SETTINGS = "select name, setting from pg_settings"
            + " where name in ('fsync', 'full_page_writes', 'synchronous_commit')";
    private static final String ROLES =
            "select rolname, rolcanlogin, rolsuper, rolbypassrls from pg_roles where rolname like 'millrace\\_%'";
    private static final String OPEN_TABLES = """
            select c.relname from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
              and not c.relrowsecurity
              and (c.relname = 'projects' or exists (
                select from pg_attribute a where a.attrelid = c.oid and a.attname = 'project' and not a.attisdropped))
            order by 1""";

    public List<Check> all() {
        return List.of(new Check("Kafka", this::kafkaFindings), new Check("Postgres", this::postgresFindings));
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return owner + "@" + jdbcUrl;
    }

    private List<Finding> kafkaFindings() throws InterruptedException {
        try (Admin admin = KafkaCluster.connect(kafka)) {
            return judge(new KafkaCluster(admin).look(), replicas);
        }
    }

    static List<Finding> judge(ClusterState cluster, int replicas) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("Kafka: " + cluster.brokers() + (cluster.brokers() == 1 ? " broker" : " brokers")));
        List<String> missing = Arrays.stream(Topic.values())
                .filter(topic -> !cluster.topics().containsKey(topic))
                .map(Topic::id)
                .toList();
        if (!missing.isEmpty()) {
            findings.add(Finding.fail("Kafka: there is no " + String.join(", ", missing), "run ./millrace migrate"));
        }
        List<Breach> breaches = new TopicPromise(replicas).breaches(cluster);
        for (Breach breach : breaches) {
            String what = "Kafka: " + breach.subject() + ": " + breach.what();
            findings.add(breach.breaking() ? Finding.fail(what, breach.remedy()) : Finding.warn(what, breach.remedy()));
        }
        if (breaches.isEmpty() && missing.isEmpty()) {
            findings.add(Finding.ok("Kafka: all topics are there, with the settings that the promise needs"));
        }
        return findings;
    }

    private List<Finding> postgresFindings() throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", owner);
        login.setProperty("password", ownerPassword);
        login.setProperty("connectTimeout", "5");
        login.setProperty("socketTimeout", "30");
        try (Connection connection = DriverManager.getConnection(jdbcUrl, login)) {
            connection.setReadOnly(true);
            return DatabaseJudgement.of(new DatabaseState(
                    new Migrations(jdbcUrl, owner, ownerPassword).state(),
                    settings(connection),
                    roles(connection),
                    openTables(connection)));
        }
    }

    private static Map<String, String> settings(Connection connection) throws SQLException {
        Map<String, String> settings = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SETTINGS)) {
            while (rows.next()) {
                settings.put(rows.getString(1), rows.getString(2));
            }
        }
        return settings;
    }

    private static List<Role> roles(Connection connection) throws SQLException {
        List<Role> roles = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(ROLES)) {
            while (rows.next()) {
                roles.add(new Role(rows.getString(1), rows.getBoolean(2), rows.getBoolean(3), rows.getBoolean(4)));
            }
        }
        return roles;
    }

    private static List<String> openTables(Connection connection) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(OPEN_TABLES)) {
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
        }
        return tables;
    }
}
