package io.millrace.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.embedded.DataFolder;
import io.millrace.query.project.Bootstrap.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * {@code credentials.json}: what an installation's first user needs. Made at the first start, from the environment where
 * it says something, and the same at every later one.
 */
final class Credentials {
    private static final String FILE = "credentials.json";
    private static final String PROJECT_NAME = "default";
    private static final String ADMIN_EMAIL = "admin@localhost";

    private final DataFolder data;
    private final Seed seed;

    private Credentials(DataFolder data, Seed seed) {
        this.data = data;
        this.seed = seed;
    }

    /**
     * @param environment may hold {@code MILLRACE_INIT_...}; heeded at the first start only
     */
    static Credentials of(DataFolder data, Map<String, String> environment) {
        Path file = data.root().resolve(FILE);
        if (!Files.exists(file)) {
            return new Credentials(data, fresh(environment));
        }
        try {
            return new Credentials(data, read(new ObjectMapper().readTree(file.toFile())));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    Seed seed() {
        return seed;
    }

    Path file() {
        return data.root().resolve(FILE);
    }

    /** Writes the file, with the addresses of this start. */
    void write(String ingestUrl, String grpcUrl, String apiUrl) {
        Map<String, String> content = new LinkedHashMap<>();
        content.put("project_id", seed.project().toString());
        content.put("public_key", seed.publicKey());
        content.put("secret_key", seed.secretKey());
        content.put("admin_email", seed.adminEmail());
        content.put("admin_password", seed.adminPassword());
        content.put("ingest_url", ingestUrl);
        content.put("grpc_url", grpcUrl);
        content.put("api_url", apiUrl);
        content.put("api_token", seed.apiToken());
        data.write(FILE, content);
    }

    private static Seed fresh(Map<String, String> environment) {
        Seed random = Seed.random(new SecureRandom(), PROJECT_NAME, ADMIN_EMAIL);
        return new Seed(
                random.project(),
                PROJECT_NAME,
                key(environment, "MILLRACE_INIT_PUBLIC_KEY", "pk-mr-", random.publicKey()),
                key(environment, "MILLRACE_INIT_SECRET_KEY", "sk-mr-", random.secretKey()),
                random.apiToken(),
                environment.getOrDefault("MILLRACE_INIT_ADMIN_EMAIL", random.adminEmail()),
                environment.getOrDefault("MILLRACE_INIT_ADMIN_PASSWORD", random.adminPassword()));
    }

    private static String key(Map<String, String> environment, String variable, String prefix, String otherwise) {
        String value = environment.getOrDefault(variable, otherwise);
        if (!value.startsWith(prefix) || value.length() < prefix.length() + 8) {
            throw new UsageException(variable + " must begin with " + prefix + " and go on for at least 8 characters");
        }
        return value;
    }

    private static Seed read(JsonNode json) {
        return new Seed(
                UUID.fromString(json.path("project_id").asText()),
                PROJECT_NAME,
                json.path("public_key").asText(),
                json.path("secret_key").asText(),
                json.path("api_token").asText(),
                json.path("admin_email").asText(),
                json.path("admin_password").asText());
    }
}
