package io.millrace.bench.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.embedded.Broker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a stack's data folder tells: addresses, keys, the password and the process of its Postgres. */
public record StackFolder(Path root) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int POSTMASTER_PORT_LINE = 3;

    /**
     * The project and its keys as of the first start, the addresses as of the last.
     *
     * @param secret a key with the scopes ingest and read
     * @param token a key with every scope
     */
    public record Credentials(UUID project, String secret, String token, URI ingest, URI api) {}

    /** The superuser's way into Postgres. */
    public record PostgresAccess(int port, String password) {}

    /** @throws IOException when the stack has not written them yet */
    public Credentials credentials() throws IOException {
        JsonNode file = JSON.readTree(root.resolve("credentials.json").toFile());
        return new Credentials(
                UUID.fromString(file.required("project_id").asText()),
                file.required("secret_key").asText(),
                file.required("api_token").asText(),
                URI.create(file.required("ingest_url").asText()),
                URI.create(file.required("api_url").asText()));
    }

    /** @throws IOException when Postgres has not started yet */
    public PostgresAccess postgres() throws IOException {
        return new PostgresAccess(
                Integer.parseInt(postmasterFile().get(POSTMASTER_PORT_LINE).strip()), password());
    }

    /**
     * How to reach the broker, in the words of Kafka's clients.
     *
     * @throws IOException when the stack has not written it yet
     */
    public Map<String, String> kafka() throws IOException {
        int port = port("kafka");
        String login =
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";";
        return Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + port,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                login.formatted(Broker.USER, secret("kafka")));
    }

    /**
     * The address of Redis, with its password.
     *
     * @throws IOException when the stack has not written it yet
     */
    public URI redis() throws IOException {
        return URI.create("redis://:" + secret("redis") + "@127.0.0.1:" + port("redis"));
    }

    /**
     * The process of Redis, another one after it was started again.
     *
     * @throws IOException when it has not started yet
     */
    public long redisServer() throws IOException {
        return Long.parseLong(
                Files.readString(root.resolve("redis").resolve("redis.pid")).strip());
    }

    /**
     * What hashes of masked texts are keyed with.
     *
     * @throws IOException when the stack has not written it yet
     */
    public String maskingKey() throws IOException {
        return secret("masking");
    }

    private int port(String service) throws IOException {
        return JSON.readTree(root.resolve("ports.json").toFile())
                .required(service)
                .required("port")
                .intValue();
    }

    /**
     * The server process.
     *
     * @throws IOException when Postgres has not started yet
     */
    public long postmaster() throws IOException {
        return Long.parseLong(postmasterFile().get(0).strip());
    }

    /** Where a file named {@code fail-task} makes a task of the traces job fail. */
    public Path failTask() {
        return root.resolve("faults").resolve("fail-task");
    }

    /** What a demo wrote of its incidents. */
    public Path demoIncidents() {
        return root.resolve("demo-incidents.json");
    }

    private List<String> postmasterFile() throws IOException {
        List<String> lines =
                Files.readAllLines(root.resolve("postgres").resolve("data").resolve("postmaster.pid"));
        if (lines.size() <= POSTMASTER_PORT_LINE) {
            throw new IOException("postgres is still starting");
        }
        return lines;
    }

    private String password() throws IOException {
        return secret("postgres");
    }

    private String secret(String name) throws IOException {
        String key = name + "=";
        return Files.readAllLines(root.resolve("secrets")).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()))
                .findFirst()
                .orElseThrow(() -> new IOException("the data folder has no secret of " + name));
    }
}
