package io.millrace.query.live;

import static io.millrace.query.Api.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.query.Api;
import io.millrace.schema.window.Cube;
import io.millrace.schema.wire.RollupMessage;
import io.millrace.schema.wire.StoredMarkMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The feed over a real broker and a real database. */
class LiveIT {
    private static final Api API = Api.shared();
    private static final int RING = 50;
    private static final int BATCH = 100;
    /** So many looks without a change are no pause between two reads of the log. */
    private static final int STILL = 30;

    private static final LiveSettings SMALL = new LiveSettings(RING, 1 << 20, 2, BATCH, 64 << 10, 16 << 10, 10, 3, 20);

    private final Publisher publisher = new Publisher(API);
    private final List<FeedClient> clients = new ArrayList<>();
    private FeedServer server;
    private Api.Tenant tenant;

    @BeforeEach
    void start() throws Exception {
        tenant = API.tenant();
        server = new FeedServer(API, SMALL);
    }

    @AfterEach
    void stop() {
        clients.forEach(FeedClient::close);
        server.close();
        publisher.close();
    }

    private FeedClient connected(FeedClient client) {
        clients.add(client);
        return client;
    }

    private FeedClient follow(String after) {
        FeedClient client =
                connected(FeedClient.withKey(server, tenant.readKey()).traces(after));
        eventually().until(() -> client.was("caught_up") || client.events().size() > 0);
        return client;
    }

    /** The next state of as many traces, one after the other; texts as a client would have them. */
    private List<String> publish(long from, long to, int traces) {
        List<String> published = LongStream.range(from, to)
                .mapToObj(i -> {
                    var message = Publisher.trace(tenant.project(), 1 + i % traces, 1 + i / traces);
                    publisher.publish(message);
                    return "%016x%016x@0.3.%d".formatted(7, 1 + i % traces, 1 + i / traces);
                })
                .toList();
        publisher.flush();
        return published;
    }

    private static List<String> brief(List<Said> events) {
        return events.stream().map(Said::brief).toList();
    }

    @Test
    void everyStateArrivesOnceAndInOrderThroughCutsAndARestart() {
        List<String> published = new ArrayList<>();
        List<Said> received = new ArrayList<>();
        FeedClient first = follow("");
        published.addAll(publish(0, 40, 7));
        eventually().until(() -> first.events().size() == 40);
        // Cut off in the middle of what it was sent.
        received.addAll(first.events().subList(0, 25));
        first.close();

        published.addAll(publish(40, 40 + 4 * RING, 7));
        FeedClient second = follow(received.get(24).cursor());
        // It is caught up with what the server has read, which may be less than what was published.
        eventually().until(() -> second.was("caught_up") && second.events().size() >= 100);
        received.addAll(second.events().subList(0, 100));
        second.close();

        published.addAll(publish(40 + 4 * RING, 40 + 8 * RING, 7));
        server.close();
        server = new FeedServer(API, SMALL);
        FeedClient third = follow(received.get(124).cursor());
        published.addAll(publish(40 + 8 * RING, 40 + 9 * RING, 7));
        eventually()
                .until(() -> third.was("caught_up")
                        && received.size() + third.events().size() >= published.size());
        received.addAll(third.events());

        assertThat(brief(received)).isEqualTo(published);
        assertThat(third.said())
                .filteredOn(said -> said.type().equals("caught_up"))
                .hasSize(1);
        assertThat(third.was("gap")).isFalse();
    }

    @Test
    void aClientThatDoesNotReadIsToldWhereToGoOnAndHoldsNothing() {
        String filler = "x".repeat(900);
        int states = 30_000;
        FeedClient before = follow("");
        String start = before.first("caught_up").cursor();
        before.close();
        for (int i = 0; i < states; i++) {
            publisher.publish(Publisher.trace(tenant.project(), i + 1, 1).setUserId(filler));
        }
        publisher.flush();

        FeedClient lazy = connected(FeedClient.lazy(server, tenant.readKey()).traces(start));
        List<Double> sent = new ArrayList<>();
        eventually().until(() -> {
            // Not what is held: the last event of a batch may be the one that fills the socket.
            double now = server.figure("millrace.live.events");
            sent.add(now);
            return now > 0 && isStill(sent);
        });
        assertThat(sent.get(sent.size() - 1)).isLessThan(states);
        assertThat(server.figure("millrace.live.held.events")).isLessThanOrEqualTo(BATCH);
        // More that comes does not make it hold more.
        publish(1_000_000, 1_000_000 + 10 * RING, 7);
        assertThat(server.figure("millrace.live.held.events")).isLessThanOrEqualTo(BATCH);
        assertThat(server.figure("millrace.live.ring.bytes")).isLessThan(2 << 20);

        server.advance(Duration.ofSeconds(31));
        eventually()
                .until(() -> server.figure("millrace.live.too.slow") == 1
                        && server.figure("millrace.live.connections") == 0);
        assertThat(server.figure("millrace.live.held.events")).isZero();

        lazy.read();
        eventually().until(() -> lazy.closeCode() != 0);
        Said told = lazy.said().get(lazy.said().size() - 1);
        assertThat(told.problem()).isEqualTo("too_slow");
        assertThat(lazy.closeCode()).isEqualTo(4408);
        assertThat(lazy.closeReason()).isEqualTo("too_slow " + told.cursor());
        FeedClient back = follow(told.cursor());
        eventually().until(() -> lazy.events().size() + back.events().size() >= states + 10 * RING);
        assertThat(Stream.concat(lazy.events().stream(), back.events().stream())
                        .map(Said::brief)
                        .distinct()
                        .count())
                .isEqualTo(lazy.events().size() + back.events().size())
                .isEqualTo(states + 10 * RING);
    }

    private static boolean isStill(List<Double> samples) {
        int size = samples.size();
        return size > STILL
                && samples.subList(size - STILL, size).stream().distinct().count() == 1;
    }

    @Test
    void isLetInByEachFormOfAToken() {
        String key = tenant.readKey();
        FeedClient header = connected(FeedClient.connect(server, "", builder -> builder.header("x-api-key", key)));
        FeedClient list = connected(
                FeedClient.connect(server, "", builder -> builder.subprotocols("millrace.v1", "bearer." + key)));
        FeedClient message = connected(FeedClient.connect(server, "", builder -> builder));
        message.send("{\"type\":\"auth\",\"token\":\"" + key + "\"}");

        for (FeedClient client : List.of(header, list, message)) {
            client.traces("");
            eventually().until(() -> client.was("caught_up"));
        }
        assertThat(list.subprotocol()).isEqualTo("millrace.v1");
        publish(0, 3, 3);
        for (FeedClient client : List.of(header, list, message)) {
            eventually().until(() -> client.events().size() == 3);
        }
    }

    @Test
    void isNotLetInWithoutAKeyThatWorks() {
        assertThat(refusal("", "sk-mr-unknown")).isEqualTo(401);
        assertThat(refusal("?project=" + new java.util.UUID(1, 1), tenant.readKey()))
                .isEqualTo(404);
        assertThat(refusal("?colour=red", tenant.readKey())).isEqualTo(400);
        FeedClient message = connected(FeedClient.connect(server, "", builder -> builder));
        message.send("{\"type\":\"auth\",\"token\":\"sk-mr-unknown\"}");
        eventually().until(() -> message.closeCode() == 4401);
        FeedClient silent = connected(FeedClient.connect(server, "", builder -> builder));
        server.advance(Duration.ofSeconds(10));
        eventually().until(() -> silent.closeCode() == 4401);
    }

    private int refusal(String query, String key) {
        Throwable refused = catchThrowableOfType(
                        CompletionException.class,
                        () -> FeedClient.connect(
                                server, query, builder -> builder.header("authorization", "Bearer " + key)))
                .getCause();
        return ((WebSocketHandshakeException) refused).getResponse().statusCode();
    }

    @Test
    void aProjectHasABoundedNumberOfConnections() {
        for (int i = 0; i < 3; i++) {
            connected(FeedClient.withKey(server, tenant.readKey()));
        }

        assertThat(refusal("", tenant.readKey())).isEqualTo(429);
        FeedClient message = connected(FeedClient.connect(server, "", builder -> builder));
        message.send("{\"type\":\"auth\",\"token\":\"" + tenant.readKey() + "\"}");
        eventually().until(() -> message.closeCode() == 4429);

        clients.get(0).close();
        eventually().until(() -> server.figure("millrace.live.connections") == 2);
        connected(FeedClient.withKey(server, tenant.readKey()));
    }

    @Test
    void anotherProjectsEventsNeverArrive() throws Exception {
        Api.Tenant other = API.tenant();
        FeedClient client = follow("");
        String start = client.first("caught_up").cursor();
        for (int i = 1; i <= 2 * RING; i++) {
            publisher.publish(Publisher.trace(other.project(), i, 1));
        }
        publish(0, 5, 5);
        eventually().until(() -> client.events().size() == 5);
        FeedClient fromLog = follow(start);
        eventually().until(() -> fromLog.was("caught_up") && fromLog.events().size() >= 5);

        assertThat(client.events())
                .extracting(said -> said.json().at("/data/name").asText())
                .containsExactly("trace 1", "trace 2", "trace 3", "trace 4", "trace 5");
        assertThat(brief(fromLog.events())).isEqualTo(brief(client.events()));
    }

    @Test
    void aDeletedKeyEndsTheConnection() {
        JsonNode key = API.post(tenant.adminKey(), "/v1/api-keys", "{\"name\":\"k\",\"scopes\":[\"read\"]}")
                .body();
        FeedClient client = connected(
                FeedClient.withKey(server, key.get("secret_key").asText()).traces(""));
        eventually().until(() -> client.was("caught_up"));

        API.delete(tenant.adminKey(), "/v1/api-keys/" + key.get("id").asText());

        eventually().until(() -> {
            server.advance(Duration.ofSeconds(2));
            return client.closeCode() == 4401;
        });
        assertThat(client.said().get(client.said().size() - 1).problem()).isEqualTo("unauthenticated");
    }

    @Test
    void whatTheBrokerHasForgottenIsAGap() throws Exception {
        FeedClient before = follow("");
        String start = before.first("caught_up").cursor();
        before.close();
        publish(0, 3 * RING, 5);
        publisher.forgetTraces();
        List<String> there = publish(3 * RING, 4 * RING + 10, 5);
        server.close();
        server = new FeedServer(API, SMALL);

        FeedClient client = follow(start);

        eventually().until(() -> client.was("caught_up"));
        Said gap = client.first("gap");
        assertThat(gap.json().get("from").asText()).isEqualTo(start);
        long to = LiveCursor.decode(Channel.TRACES, gap.json().get("to").asText())[0];
        assertThat(to).isEqualTo(LiveCursor.decode(Channel.TRACES, start)[0] + 3 * RING);
        assertThat(brief(client.events())).isEqualTo(there);
        assertThat(server.figure("millrace.live.gaps")).isEqualTo(1);
    }

    @Test
    void aMessageThatIsTooLongEndsTheConnection() {
        FeedClient client = connected(FeedClient.withKey(server, tenant.readKey()));

        client.send("\"" + "x".repeat(70_000) + "\"");

        eventually().until(() -> client.closeCode() == 1009);
        eventually().until(() -> server.figure("millrace.live.connections") == 0);
    }

    @Test
    void isAskedEveryTwentySecondsWhetherItIsThere() {
        FeedClient client = follow("");
        FeedClient lazy = connected(FeedClient.lazy(server, tenant.readKey()));

        eventually().until(() -> {
            server.advance(Duration.ofSeconds(2));
            return server.figure("millrace.live.connections") == 1;
        });

        assertThat(client.closeCode()).isZero();
        assertThat(lazy.closeCode()).isZero();
    }

    @Test
    void metricsAreTheNewestValueOfEachWindow() {
        long start = 1_700_000_000;
        FeedClient client = connected(FeedClient.withKey(server, tenant.readKey()));
        client.send(
                "{\"type\":\"subscribe\",\"id\":\"m\",\"channel\":\"metrics\",\"filter\":"
                        + "{\"group_by\":[\"model\",\"provider\"],\"provider\":\"openai\",\"measures\":[\"spans\",\"cost_usd\"]}}");
        eventually().until(() -> client.was("caught_up"));

        for (long n = 1; n <= 100; n++) {
            publisher.publish(Publisher.window(tenant.project(), Cube.MODEL, List.of("openai", "gpt/5"), start, n)
                    .setClosed(n == 100));
            publisher.publish(Publisher.window(tenant.project(), Cube.MODEL, List.of("other", "m"), start, n));
            publisher.publish(Publisher.window(tenant.project(), Cube.PROJECT, List.of(), start, n));
        }
        publisher.publish(RollupMessage.newBuilder()
                .setStored(StoredMarkMessage.newBuilder().setWriters(1).setUntilSeconds(start + 60)));
        publisher.flush();

        eventually()
                .until(() -> client.events().stream()
                        .anyMatch(event -> event.revision().equals("0.3.100")));
        assertThat(client.events()).hasSizeLessThan(100).allSatisfy(event -> {
            assertThat(event.entity()).isEqualTo("model/openai/gpt%2F5/" + start);
            assertThat(event.json().at("/data/group").toString())
                    .isEqualTo("{\"provider\":\"openai\",\"model\":\"gpt/5\"}");
        });
        JsonNode last = client.events().get(client.events().size() - 1).json().get("data");
        assertThat(last.toString())
                .isEqualTo("{\"group\":{\"provider\":\"openai\",\"model\":\"gpt/5\"},\"step\":\"10s\","
                        + "\"t\":\"2023-11-14T22:13:20Z\",\"spans\":100,\"cost_usd\":\"0\",\"unpriced_spans\":0,"
                        + "\"closed\":true}");
        eventually().until(() -> {
            server.advance(Duration.ofSeconds(2));
            return client.said().stream()
                    .anyMatch(said -> said.json().path("stream_time").asText().equals("2023-11-14T22:14:20Z"));
        });
    }

    @Test
    void followsAsServerSentEventsAndComesBackWithTheLastId() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        InputStream stream = stream("/v1/live/traces?name=trace+1", "", lines);
        eventually().until(() -> lines.stream().anyMatch(line -> line.contains("caught_up")));
        publish(0, 10, 2);
        eventually()
                .until(() -> lines.stream()
                                .filter(line -> line.contains("\"event\""))
                                .count()
                        == 5);
        stream.close();
        String id = lines.stream()
                .filter(line -> line.startsWith("id: "))
                .reduce((first, second) -> second)
                .orElseThrow()
                .substring(4);

        publish(10, 10 + 2 * RING, 2);
        List<String> later = new CopyOnWriteArrayList<>();
        InputStream again = stream("/v1/live/traces?name=trace+1&after=AQEA", id, later);
        String newest = "\"0.3.%d\"".formatted(5 + RING);
        eventually()
                .until(() -> Stream.of("caught_up", newest)
                        .allMatch(text -> later.stream().anyMatch(line -> line.contains(text))));
        again.close();

        List<Said> events = Stream.concat(lines.stream(), later.stream())
                .filter(line -> line.startsWith("data: ") && line.contains("\"event\""))
                .map(line -> Said.of(line.substring(6)))
                .toList();
        assertThat(events).hasSize(5 + RING).allMatch(said -> said.id().equals("traces"));
        assertThat(brief(events)).doesNotHaveDuplicates();
        eventually().until(() -> server.figure("millrace.live.connections") == 0);
    }

    private InputStream stream(String path, String lastEventId, List<String> lines) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("authorization", "Bearer " + tenant.readKey());
        if (!lastEventId.isEmpty()) {
            request.header("last-event-id", lastEventId);
        }
        HttpResponse<InputStream> response =
                HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
        Thread reader = new Thread(() -> read(response.body(), lines));
        reader.setDaemon(true);
        reader.start();
        return response.body();
    }

    private static void read(InputStream body, List<String> lines) {
        try (var reader = new java.io.BufferedReader(
                new java.io.InputStreamReader(body, java.nio.charset.StandardCharsets.UTF_8))) {
            reader.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            // The test has let go of it.
        }
    }
}
