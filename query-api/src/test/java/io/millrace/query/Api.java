package io.millrace.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.backing.BackingStack;
import io.millrace.backing.DatabaseServer;
import io.millrace.blob.BlobStoreConfig;
import io.millrace.query.migration.KafkaTopics;
import io.millrace.query.project.Bootstrap;
import io.millrace.schema.sql.Migrations;
import io.millrace.schema.sql.ServiceRole;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** The API over a real Postgres and a real broker, shared by all tests of the process. Each test has its own project. */
public final class Api {
    /** What secrets of webhooks are sealed with. */
    public static final String WEBHOOK_KEY = "key-of-the-tests";

    private static final String PASSWORD = "of-the-api";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Api SHARED = start();

    private final BackingStack stack;
    private final String jdbcUrl;
    private final QueryConfig config;
    private final Query query;
    private final HttpClient http = HttpClient.newHttpClient();
    private Connection owner;

    /** A project with its keys. */
    public record Tenant(UUID project, String publicKey, String readKey, String adminKey) {}

    /** An answer. */
    public record Answer(int status, String contentType, JsonNode body) {
        /** The last part of the problem's type; empty if it is none. */
        public String problem() {
            String type = body.path("type").asText();
            return type.substring(type.lastIndexOf(':') + 1);
        }
    }

    private Api(BackingStack stack, String jdbcUrl, QueryConfig config, Query query) {
        this.stack = stack;
        this.jdbcUrl = jdbcUrl;
        this.config = config;
        this.query = query;
    }

    public static Api shared() {
        return SHARED;
    }

    private static Api start() {
        try {
            BackingStack stack = BackingStack.shared();
            String jdbcUrl = database(stack, "query_api_test");
            Map<String, String> client = new HashMap<>(stack.broker().clientProperties());
            try (Admin admin = Admin.create(Map.copyOf(client))) {
                new KafkaTopics(admin, 1).ensure();
            }
            QueryConfig config = new QueryConfig(
                    "127.0.0.1",
                    0,
                    0,
                    new QueryConfig.Postgres(
                            stack.postgres().host(),
                            stack.postgres().port(),
                            "query_api_test",
                            ServiceRole.API.user(),
                            PASSWORD,
                            4),
                    new QueryConfig.Kafka(stack.broker().bootstrap(), client),
                    Optional.of(WEBHOOK_KEY),
                    Optional.empty(),
                    Optional.of(new BlobStoreConfig.Folder(Files.createTempDirectory("blobs"))));
            Query query = Query.start(Vertx.vertx(), config)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
            eventually().until(query::isReady);
            return new Api(stack, jdbcUrl, config, query);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String database(BackingStack stack, String name) throws SQLException {
        DatabaseServer postgres = stack.postgres();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl("postgres"), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        String jdbcUrl = postgres.jdbcUrl(name);
        Migrations migrations = new Migrations(jdbcUrl, postgres.user(), postgres.password());
        migrations.apply();
        migrations.enableLogins(Map.of(ServiceRole.API, PASSWORD));
        return jdbcUrl;
    }

    /** What the API was told, for those who start a part of it by itself. */
    public QueryConfig config() {
        return config;
    }

    /** Waits for what happens in its own time; generous, for machines that are busy with other things. */
    public static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(100));
    }

    public BackingStack stack() {
        return stack;
    }

    public int managementPort() {
        return query.managementPort();
    }

    /** Method and path template of every route that is built, as OpenAPI writes them. */
    public List<String> routes() {
        return query.routes();
    }

    /** A new project. */
    public Tenant tenant() throws SQLException {
        Bootstrap.Seed seed = Bootstrap.Seed.random(RANDOM, "test", "admin@example.org");
        bootstrap(seed);
        return new Tenant(seed.project(), seed.publicKey(), seed.secretKey(), seed.apiToken());
    }

    public void bootstrap(Bootstrap.Seed seed) throws SQLException {
        new Bootstrap(jdbcUrl, ServiceRole.API.user(), PASSWORD).run(seed);
    }

    /** As the owner of the tables, whom no policy fences. */
    public Connection owner() throws SQLException {
        return DriverManager.getConnection(
                jdbcUrl, stack.postgres().user(), stack.postgres().password());
    }

    /** As the API's role. */
    public Connection asApi() throws SQLException {
        return DriverManager.getConnection(jdbcUrl, ServiceRole.API.user(), PASSWORD);
    }

    /** Runs a statement as the owner. */
    public synchronized void sql(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = kept().prepareStatement(sql)) {
            set(statement, arguments);
            statement.execute();
        }
    }

    /** The only value of the only row, as the owner. */
    public synchronized Object value(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = kept().prepareStatement(sql)) {
            set(statement, arguments);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getObject(1);
            }
        }
    }

    /** One connection for all statements, since opening one takes longer than any of them. */
    private Connection kept() throws SQLException {
        if (owner == null || !owner.isValid(5)) {
            owner = owner();
        }
        return owner;
    }

    private static void set(PreparedStatement statement, Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
    }

    public Answer get(String key, String path) {
        return send(request(path).header("authorization", "Bearer " + key).GET());
    }

    public Answer post(String key, String path, String body) {
        return send(request(path)
                .header("authorization", "Bearer " + key)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    public Answer patch(String key, String path, String body) {
        return send(request(path)
                .header("authorization", "Bearer " + key)
                .header("content-type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(body)));
    }

    public Answer put(String key, String path, String body) {
        return send(request(path)
                .header("authorization", "Bearer " + key)
                .header("content-type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    public Answer delete(String key, String path) {
        return send(request(path).header("authorization", "Bearer " + key).DELETE());
    }

    /** A request without a key. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + query.port() + path))
                .timeout(Duration.ofSeconds(30));
    }

    public Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            byte[] body = response.body();
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("content-type").orElse(""),
                    body.length == 0 ? MAPPER.nullNode() : MAPPER.readTree(body));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
