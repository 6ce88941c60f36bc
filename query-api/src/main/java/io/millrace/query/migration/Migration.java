package io.millrace.query.migration;

import io.millrace.schema.sql.Migrations;
import io.millrace.schema.sql.ServiceRole;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;

/**
 * Brings a database and a Kafka cluster to what this version needs. It may run again, and beside others: one works at a
 * time, and what is there already stays as it is.
 */
public final class Migration {
    private final Migrations database;
    private final Map<ServiceRole, String> passwords;
    private final Admin admin;
    private final int replicas;

    /**
     * @param passwords of the roles that are given a log-in; the others stay as they are
     * @param replicas of each topic, as {@link KafkaTopics} has it
     */
    public Migration(Migrations database, Map<ServiceRole, String> passwords, Admin admin, int replicas) {
        this.database = database;
        this.passwords = new EnumMap<>(ServiceRole.class);
        this.passwords.putAll(passwords);
        this.admin = admin;
        this.replicas = replicas;
    }

    /**
     * Looks at the cluster, and then does everything, the database first.
     *
     * @param says is told what was done, a line each
     * @throws IllegalStateException when the cluster cannot keep the promise, before anything was changed; or when either
     *     side refuses
     * @throws SQLException when the database does
     */
    public void run(Consumer<String> says) throws SQLException, InterruptedException {
        refuseOrWarn(says);
        try (Migrations.Lock lock = database.lock()) {
            says.accept("database: " + migrated(database.apply()));
            database.enableLogins(passwords);
            says.accept(loggingIn());
            List<String> made = new KafkaTopics(admin, replicas).ensure();
            says.accept(made.isEmpty() ? "topics: all were there" : "topics: made " + String.join(", ", made));
        }
    }

    private void refuseOrWarn(Consumer<String> says) throws InterruptedException {
        List<String> broken = new ArrayList<>();
        for (Breach breach : new TopicPromise(replicas).breaches(new KafkaCluster(admin).look())) {
            if (breach.breaking()) {
                broken.add(breach.toString());
            } else {
                says.accept("warning: " + breach);
            }
        }
        if (!broken.isEmpty()) {
            throw new IllegalStateException(
                    "Kafka cannot keep what Millrace promises:\n  " + String.join("\n  ", broken));
        }
    }

    private static String migrated(int count) {
        return count == 0 ? "was up to date" : "applied " + count + (count == 1 ? " migration" : " migrations");
    }

    private String loggingIn() {
        String given = passwords.keySet().stream().map(ServiceRole::user).collect(Collectors.joining(", "));
        String left = List.of(ServiceRole.values()).stream()
                .filter(role -> !passwords.containsKey(role))
                .map(ServiceRole::user)
                .collect(Collectors.joining(", "));
        return "log-ins: "
                + (given.isEmpty() ? "" : "set for " + given)
                + (given.isEmpty() || left.isEmpty() ? "" : "; ")
                + (left.isEmpty() ? "" : "left as they are for " + left + ", without a password in the environment");
    }
}
