package io.millrace.query;

import io.millrace.blob.BlobStoreConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All that the service is told at start.
 *
 * @param host the address to listen on
 * @param port of the API; 0 for any free one
 * @param managementPort of {@code /metrics}; 0 for any free one, -1 for none (the metrics are then in the registry that
 *     the caller passes)
 * @param webhookKey what secrets of webhooks are sealed with, the same as the edges'; without it there are no webhooks
 * @param redis where the edges tell when keys were used, with the password; without it that is not known
 * @param blobs where the edges keep large payloads and files; without it nobody can read them
 */
public record QueryConfig(
        String host,
        int port,
        int managementPort,
        Postgres postgres,
        Kafka kafka,
        Optional<String> webhookKey,
        Optional<String> redis,
        Optional<BlobStoreConfig> blobs) {
    private static final int LEAST_KEY = 16;

    public QueryConfig {
        if (redis.isPresent() && !isRedis(redis.get())) {
            throw new IllegalArgumentException("MILLRACE_REDIS_URL must be as redis://:password@host:6379");
        }
        if (webhookKey.isPresent() && webhookKey.get().length() < LEAST_KEY) {
            throw new IllegalArgumentException("MILLRACE_WEBHOOK_KEY must have at least " + LEAST_KEY + " characters");
        }
        requirePort("MILLRACE_API_PORT", port, 0);
        requirePort("MILLRACE_METRICS_PORT", managementPort, -1);
    }

    /**
     * The database, as the role {@code millrace_api}.
     *
     * @param poolSize connections of the API; the outbox has one more
     */
    public record Postgres(String host, int port, String database, String user, String password, int poolSize) {
        public Postgres {
            requirePort("MILLRACE_POSTGRES_PORT", port, 1);
            if (poolSize < 1 || poolSize > 500) {
                throw new IllegalArgumentException("MILLRACE_POSTGRES_POOL must be 1 to 500, was " + poolSize);
            }
        }

        /** For drivers that take a URL; it holds no password. */
        public String jdbcUrl() {
            return "jdbc:postgresql://" + host + ":" + port + "/" + database;
        }

        @Override
        public String toString() {
            return user + "@" + host + ":" + port + "/" + database;
        }
    }

    /**
     * The log.
     *
     * @param properties of its clients beside the address: how to log in
     */
    public record Kafka(String bootstrap, Map<String, String> properties) {
        public Kafka {
            properties = Map.copyOf(properties);
        }

        @Override
        public String toString() {
            return bootstrap;
        }
    }

    /**
     * Reads environment variables; the only place that knows their names and defaults.
     *
     * @throws IllegalArgumentException naming the variable that is missing or wrong
     */
    public static QueryConfig from(Map<String, String> environment) {
        Variables variables = new Variables(environment);
        return new QueryConfig(
                variables.text("MILLRACE_API_HOST", "0.0.0.0"),
                variables.integer("MILLRACE_API_PORT", 8080),
                variables.integer("MILLRACE_METRICS_PORT", 9464),
                new Postgres(
                        variables.text("MILLRACE_POSTGRES_HOST", "127.0.0.1"),
                        variables.integer("MILLRACE_POSTGRES_PORT", 5432),
                        variables.text("MILLRACE_POSTGRES_DATABASE", "millrace"),
                        variables.text("MILLRACE_POSTGRES_USER", "millrace_api"),
                        variables.required("MILLRACE_POSTGRES_PASSWORD"),
                        variables.integer("MILLRACE_POSTGRES_POOL", 8)),
                new Kafka(
                        variables.required("MILLRACE_KAFKA_BOOTSTRAP_SERVERS"), variables.prefixed("MILLRACE_KAFKA_")),
                variables.ifGiven("MILLRACE_WEBHOOK_KEY"),
                variables.ifGiven("MILLRACE_REDIS_URL"),
                BlobStoreConfig.read(name -> variables.ifGiven(
                        "MILLRACE_" + name.toUpperCase(Locale.ROOT).replace('.', '_'))));
    }

    /** Without the key, and the password of Redis. */
    @Override
    public String toString() {
        return "QueryConfig[" + host + ":" + port + ", " + postgres + ", " + kafka + "]";
    }

    /** Nothing of it may be in a message: there is a password in it. */
    private static boolean isRedis(String url) {
        try {
            URI uri = new URI(url);
            return List.of("redis", "rediss").contains(String.valueOf(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getPath().matches("(/[0-9]*)?");
        } catch (URISyntaxException malformed) {
            return false;
        }
    }

    private static void requirePort(String name, int port, int least) {
        if (port < least || port > 65_535) {
            throw new IllegalArgumentException(name + " must be " + least + " to 65535, was " + port);
        }
    }
}
