package io.millrace.query;

import io.millrace.schema.sql.ServiceRole;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where the outside services are, and who may change them.
 *
 * @param jdbcUrl the database; it has to be there
 * @param owner who owns the tables and may create roles
 * @param logins passwords of the service roles that are told
 * @param kafka how clients find the cluster and log in
 * @param replicas of each topic: 1 on a single machine, else at least 3
 */
public record MigrationConfig(
        String jdbcUrl,
        String owner,
        String ownerPassword,
        Map<ServiceRole, String> logins,
        Map<String, String> kafka,
        int replicas) {
    private static final Map<ServiceRole, String> PASSWORDS = Map.of(
            ServiceRole.API, "MILLRACE_POSTGRES_PASSWORD",
            ServiceRole.WRITER, "MILLRACE_POSTGRES_WRITER_PASSWORD",
            ServiceRole.KEEPER, "MILLRACE_POSTGRES_KEEPER_PASSWORD");

    public MigrationConfig {
        logins = Map.copyOf(logins);
        kafka = Map.copyOf(kafka);
        if (replicas < 1 || replicas == 2 || replicas > Short.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "MILLRACE_TOPIC_REPLICAS must be 1 on a single machine, else at least 3, was " + replicas);
        }
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return owner + "@" + jdbcUrl;
    }

    /**
     * Reads environment variables; those of {@link QueryConfig} mean the same here.
     *
     * @throws IllegalArgumentException naming the variable that is missing or wrong
     */
    public static MigrationConfig from(Map<String, String> environment) {
        Variables variables = new Variables(environment);
        Map<ServiceRole, String> logins = new EnumMap<>(ServiceRole.class);
        PASSWORDS.forEach((role, name) -> {
            if (environment.containsKey(name)) {
                logins.put(role, variables.required(name));
            }
        });
        variables.required("MILLRACE_KAFKA_BOOTSTRAP_SERVERS");
        String server = "jdbc:postgresql://" + variables.text("MILLRACE_POSTGRES_HOST", "127.0.0.1") + ":"
                + variables.integer("MILLRACE_POSTGRES_PORT", 5432) + "/"
                + variables.text("MILLRACE_POSTGRES_DATABASE", "millrace");
        return new MigrationConfig(
                variables.text("MILLRACE_POSTGRES_JDBC_URL", server),
                variables.text("MILLRACE_POSTGRES_OWNER_USER", "postgres"),
                variables.required("MILLRACE_POSTGRES_OWNER_PASSWORD"),
                logins,
                variables.prefixed("MILLRACE_KAFKA_"),
                variables.integer("MILLRACE_TOPIC_REPLICAS", 3));
    }
}
