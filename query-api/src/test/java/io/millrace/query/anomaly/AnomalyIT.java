package io.millrace.query.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.query.Api;
import io.millrace.query.Facts;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnomalyIT {
    private static final Api API = Api.shared();
    private static final Instant ONSET = Instant.now().minusSeconds(120).truncatedTo(ChronoUnit.SECONDS);

    private Api.Tenant tenant;

    @BeforeEach
    void makeTenant() throws SQLException {
        tenant = API.tenant();
    }

    private static UUID id(int i) {
        return new UUID(0xabcL, 0x8000_0000_0000_0000L + i);
    }

    private Facts.Row anomaly(int i) {
        return Facts.anomaly(tenant.project(), id(i), ONSET);
    }

    private static String path(int i) {
        return "/v1/anomalies/" + id(i);
    }

    private JsonNode get(String path) {
        Api.Answer answer = API.get(tenant.readKey(), path);
        assertThat(answer.status()).as(path + " " + answer.body()).isEqualTo(200);
        return answer.body();
    }

    private JsonNode post(String path, String body) {
        Api.Answer answer = API.post(tenant.readKey(), path, body);
        assertThat(answer.status()).as(path + " " + answer.body()).isEqualTo(200);
        return answer.body();
    }

    private List<String> ids(String query) {
        List<String> ids = new ArrayList<>();
        get("/v1/anomalies" + query)
                .get("items")
                .forEach(item -> ids.add(item.get("id").asText()));
        return ids;
    }

    private long actions() throws SQLException {
        return (Long) API.value("select count(*) from anomaly_actions where project = ?", tenant.project());
    }

    @Test
    void showsAllOfAnAnomaly() throws SQLException {
        anomaly(1)
                .with("incident", id(7))
                .with("cube", 5)
                .with("dims", new String[] {"openai", "gpt-5", ""})
                .with("measure", 3)
                .with("severity", 1)
                .with("observed", 0.25)
                .with("expected", 0.001234)
                .with("upper_bound", Double.POSITIVE_INFINITY)
                .with("state", 1)
                .with("ended", Facts.utc(ONSET.plusSeconds(30)))
                .with("cause_cube", 1)
                .with("cause_dims", new String[] {"prod"})
                .insert(API);

        JsonNode shown = get(path(1));

        assertThat(shown.get("id").asText()).isEqualTo(id(1).toString());
        assertThat(shown.get("incident_id").asText()).isEqualTo(id(7).toString());
        assertThat(shown.get("state").asText()).isEqualTo("resolved");
        assertThat(shown.get("kind").asText()).isEqualTo("spike");
        assertThat(shown.get("severity").asText()).isEqualTo("warning");
        assertThat(shown.get("measure").asText()).isEqualTo("cost");
        assertThat(shown.get("series").toString())
                .isEqualTo("{\"cube\":\"model_operation\",\"dims\":"
                        + "{\"provider\":\"openai\",\"model\":\"gpt-5\",\"name\":null}}");
        assertThat(shown.get("unit").asText()).isEqualTo("usd_per_10s");
        assertThat(shown.get("observed").asDouble()).isEqualTo(0.25);
        assertThat(shown.get("observed_usd").asText()).isEqualTo("0.25");
        assertThat(shown.get("expected_usd").asText()).isEqualTo("0.001234");
        assertThat(shown.get("lower_usd").asText()).isEqualTo("0");
        assertThat(shown.get("upper").isNull()).isTrue();
        assertThat(shown.get("upper_usd").isNull()).isTrue();
        assertThat(shown.get("score").asDouble()).isEqualTo(12.5);
        assertThat(shown.get("onset").asText()).isEqualTo(ONSET.toString());
        assertThat(shown.get("first_seen").asText())
                .isEqualTo(ONSET.plusSeconds(4).toString());
        assertThat(shown.get("last_seen").asText())
                .isEqualTo(ONSET.plusSeconds(20).toString());
        assertThat(shown.get("ended").asText()).isEqualTo(ONSET.plusSeconds(30).toString());
        assertThat(shown.get("cause").toString())
                .isEqualTo("{\"cube\":\"environment\",\"dims\":{\"environment\":\"prod\"}}");
        assertThat(shown.get("sentence").asText()).startsWith("The error rate");
        assertThat(shown.get("traces").get("filters").get("model").asText()).isEqualTo("gpt-5");
        assertThat(shown.get("actions")).isEmpty();
        assertThat(get("/v1/anomalies").get("items").get(0)).isEqualTo(shown);
    }

    @Test
    void leadsToTheTracesThatFailed() throws SQLException {
        anomaly(1).insert(API);
        for (int i = 1; i <= 2; i++) {
            Facts.trace(tenant.project(), "%032x".formatted(i), ONSET.minusSeconds(2), ONSET.plusSeconds(i))
                    .with("status", i)
                    .insert(API);
        }

        JsonNode traces = get(get(path(1)).get("traces").get("href").asText()).get("items");

        assertThat(traces).extracting(trace -> trace.get("id").asText()).containsExactly("%032x".formatted(2));
    }

    @Test
    void showsWhatALaterVersionFoundAsFarAsItCan() throws SQLException {
        anomaly(1)
                .with("cube", 77)
                .with("dims", new String[] {"x"})
                .with("measure", 77)
                .with("kind", 77)
                .with("severity", 77)
                .insert(API);

        JsonNode shown = get(path(1));

        assertThat(shown.get("series").toString()).isEqualTo("{\"cube\":\"other\",\"dims\":{}}");
        assertThat(shown.get("measure").asText()).isEqualTo("other");
        assertThat(shown.get("kind").asText()).isEqualTo("other");
        assertThat(shown.get("severity").asText()).isEqualTo("critical");
    }

    @ParameterizedTest
    @CsvSource({
        "0, '',                    open",
        "0, acknowledge,           acknowledged",
        "0, feedback,              open",
        "0, resolve,               resolved",
        "0, acknowledge resolve,   resolved",
        "0, resolve acknowledge,   resolved",
        "1, '',                    resolved",
        "1, acknowledge,           resolved",
        "2, '',                    withdrawn",
        "2, acknowledge resolve,   withdrawn"
    })
    void derivesTheStateFromTheRowAndTheActions(int row, String done, String shown) throws SQLException {
        anomaly(1).with("state", row).insert(API);

        for (String action : done.isEmpty() ? new String[0] : done.split(" ")) {
            post(path(1) + "/" + action, action.equals("feedback") ? "{\"verdict\": \"expected\"}" : "");
        }

        assertThat(get(path(1)).get("state").asText()).isEqualTo(shown);
        for (String state : List.of("open", "acknowledged", "resolved", "withdrawn")) {
            assertThat(ids("?state=" + state)).as(state).hasSize(state.equals(shown) ? 1 : 0);
        }
    }

    @Test
    void doesNotTakeAResolutionFromBeforeTheOnset() throws SQLException {
        anomaly(1).insert(API);
        API.sql(
                "insert into anomaly_actions (id, project, anomaly, action, actor, at) values (?, ?, ?, 'resolve', 'pk', ?)",
                UUID.randomUUID(),
                tenant.project(),
                id(1),
                Facts.utc(ONSET.minusSeconds(1)));

        assertThat(get(path(1)).get("state").asText()).isEqualTo("open");
        assertThat(ids("?state=open")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"acknowledge", "resolve"})
    void doingItAgainChangesNothingUnlessMoreIsSaid(String action) throws SQLException {
        anomaly(1).insert(API);

        JsonNode first = post(path(1) + "/" + action, "");
        JsonNode second = post(path(1) + "/" + action, "{}");
        JsonNode noted = post(path(1) + "/" + action, "{\"note\": \"it was the cache\"}");
        JsonNode again = post(path(1) + "/" + action, "{\"note\": \"it was the cache\"}");

        assertThat(first.get("actions")).hasSize(1);
        assertThat(second).isEqualTo(first);
        assertThat(noted.get("actions")).hasSize(2);
        assertThat(noted.get("actions").get(1).get("note").asText()).isEqualTo("it was the cache");
        assertThat(again).isEqualTo(noted);
        assertThat(actions()).isEqualTo(2);
    }

    @Test
    void manyAtOnceAreOne() throws SQLException {
        anomaly(1).insert(API);

        List<CompletableFuture<JsonNode>> answers = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> post(path(1) + "/acknowledge", "")))
                .limit(8)
                .toList();
        answers.forEach(CompletableFuture::join);

        assertThat(actions()).isEqualTo(1);
    }

    @Test
    void keepsFeedbackWithWhoGaveIt() throws SQLException {
        anomaly(1).insert(API);
        String until =
                Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS).toString();
        String body = "{\"verdict\": \"false_positive\", \"note\": \"%s\", \"mute_until\": \"%s\"}"
                .formatted("é".repeat(2_000), until);

        JsonNode shown = post(path(1) + "/feedback", body);
        post(path(1) + "/feedback", body);
        post(path(1) + "/feedback", "{\"verdict\": \"expected\"}");

        JsonNode action = shown.get("actions").get(0);
        assertThat(action.get("action").asText()).isEqualTo("feedback");
        assertThat(action.get("verdict").asText()).isEqualTo("false_positive");
        assertThat(action.get("note").asText()).hasSize(2_000);
        assertThat(action.get("mute_until").asText()).isEqualTo(until);
        assertThat(action.get("actor").asText()).isEqualTo(tenant.publicKey());
        assertThat(Instant.parse(action.get("at").asText())).isAfter(ONSET);
        assertThat(get(path(1)).get("actions"))
                .extracting(taken -> taken.get("verdict").asText())
                .containsExactly("false_positive", "expected");
    }

    @Test
    void refusesANoteThatIsTooLong() throws SQLException {
        anomaly(1).insert(API);

        Api.Answer answer =
                API.post(tenant.readKey(), path(1) + "/acknowledge", "{\"note\": \"" + "x".repeat(2_001) + "\"}");

        assertThat(answer.problem()).isEqualTo("invalid_body");
        assertThat(answer.body().at("/errors/0/field").asText()).isEqualTo("note");
        assertThat(actions()).isZero();
    }

    @Test
    void takesABodyOfNoOtherTypeAndNone() throws SQLException {
        anomaly(1).insert(API);
        String key = "Bearer " + tenant.readKey();

        Api.Answer form = API.send(API.request(path(1) + "/acknowledge")
                .header("authorization", key)
                .header("content-type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
        Api.Answer none = API.send(API.request(path(1) + "/acknowledge")
                .header("authorization", key)
                .POST(HttpRequest.BodyPublishers.noBody()));

        assertThat(form.problem()).isEqualTo("unsupported_media_type");
        assertThat(none.status()).isEqualTo(200);
    }

    @Test
    void showsTheNewestActionsOfVeryMany() throws SQLException {
        anomaly(1).insert(API);
        API.sql("""
                insert into anomaly_actions (id, project, anomaly, action, note, actor)
                select ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, ?, ?, 'acknowledge', i::text, 'pk'
                from generate_series(1, 150) i""", tenant.project(), id(1));

        JsonNode shown = get(path(1));

        assertThat(shown.get("state").asText()).isEqualTo("acknowledged");
        assertThat(shown.get("actions")).hasSize(100);
        assertThat(shown.get("actions").get(99).get("note").asText()).isEqualTo("150");
    }

    @Test
    void isFencedByProject() throws SQLException {
        anomaly(1).insert(API);
        Api.Tenant other = API.tenant();

        assertThat(API.get(other.readKey(), path(1)).problem()).isEqualTo("not_found");
        assertThat(API.get(other.readKey(), "/v1/anomalies").body().get("items"))
                .isEmpty();
        for (String action : List.of("acknowledge", "resolve")) {
            assertThat(API.post(other.adminKey(), path(1) + "/" + action, "").problem())
                    .isEqualTo("not_found");
        }
        assertThat(API.post(other.readKey(), path(1) + "/feedback", "{\"verdict\": \"true\"}")
                        .problem())
                .isEqualTo("not_found");
        assertThat(actions()).isZero();
        assertThat(API.post(other.adminKey(), path(1) + "/acknowledge?project=" + tenant.project(), "")
                        .status())
                .isEqualTo(200);
        assertThat(get(path(1)).get("state").asText()).isEqualTo("acknowledged");
    }

    @Test
    void theDatabaseItselfHoldsTheFence() throws SQLException {
        anomaly(1).insert(API);
        Api.Tenant other = API.tenant();
        String act = "insert into anomaly_actions (id, project, anomaly, action, actor) values (gen_random_uuid(), '"
                + tenant.project() + "', '" + id(1) + "', 'resolve', 'pk')";
        try (Connection connection = API.asApi();
                Statement statement = connection.createStatement()) {
            statement.execute("select set_config('app.project', '" + other.project() + "', false)");

            assertThatThrownBy(() -> statement.execute(act)).hasMessageContaining("row-level security");
            statement.execute("select set_config('app.project', '" + tenant.project() + "', false)");
            statement.execute(act);
            for (String forbidden : List.of(
                    "update anomaly_actions set note = ''",
                    "delete from anomaly_actions",
                    "update anomalies set state = 1",
                    "delete from anomalies")) {
                assertThatThrownBy(() -> statement.execute(forbidden)).hasMessageContaining("permission denied");
            }
        }
    }

    @Test
    void needsTheScopeRead() throws SQLException {
        anomaly(1).insert(API);
        String ingestOnly = API.post(
                        tenant.adminKey(), "/v1/api-keys", "{\"name\": \"edge\", \"scopes\": [\"ingest\"]}")
                .body()
                .get("secret_key")
                .asText();

        assertThat(API.get(ingestOnly, "/v1/anomalies").problem()).isEqualTo("forbidden");
        assertThat(API.get(ingestOnly, path(1)).problem()).isEqualTo("forbidden");
        assertThat(API.post(ingestOnly, path(1) + "/acknowledge", "").problem()).isEqualTo("forbidden");
    }

    @Test
    void pagesThroughAListWhileAnomaliesComeIn() throws SQLException {
        for (int i = 0; i < 25; i++) {
            // Three to each onset, so that the id decides too.
            Facts.anomaly(tenant.project(), id(i), ONSET.plusMillis(i / 3)).insert(API);
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        int pages = 0;
        do {
            JsonNode page = get("/v1/anomalies?limit=4" + cursor);
            page.get("items").forEach(item -> seen.add(item.get("id").asText()));
            Facts.anomaly(tenant.project(), id(1_000 + pages), ONSET.plusSeconds(5 + pages))
                    .insert(API);
            cursor = page.get("next").isNull()
                    ? ""
                    : "&cursor=" + page.get("next").asText();
            pages++;
        } while (!cursor.isEmpty());

        List<String> expected = new ArrayList<>();
        for (int i = 24; i >= 0; i--) {
            expected.add(id(i).toString());
        }
        assertThat(pages).isEqualTo(7);
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void doesNotTakeACursorOfAnotherList() throws SQLException {
        anomaly(1).insert(API);
        anomaly(2).insert(API);
        String next = get("/v1/anomalies?limit=1").get("next").asText();

        assertThat(API.get(tenant.readKey(), "/v1/anomalies?state=open&cursor=" + next)
                        .problem())
                .isEqualTo("invalid_cursor");
        assertThat(ids("?cursor=" + next)).containsExactly(id(1).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "measure=latency_p95",
                "kind=drop",
                "severity=warning",
                "model=gpt-5",
                "name=chat",
                "incident=00000000-0000-0abc-8000-000000000063",
                "model=gpt-5&name=chat&severity=info&kind=drop&state=open"
            })
    void filters(String filter) throws SQLException {
        anomaly(1)
                .with("measure", 2)
                .with("kind", 1)
                .with("severity", 2)
                .with("cube", 5)
                .with("dims", new String[] {"openai", "gpt-5", "chat"})
                .with("incident", id(99))
                .insert(API);
        // With the same values where they mean something else.
        anomaly(2)
                .with("severity", 0)
                .with("cube", 3)
                .with("dims", new String[] {"gpt-5", "chat"})
                .insert(API);

        assertThat(ids("?" + filter)).containsExactly(id(1).toString());
    }

    @Test
    void filtersByADimensionWhicheverCubeHasIt() throws SQLException {
        anomaly(1).with("cube", 1).with("dims", new String[] {"prod"}).insert(API);
        anomaly(2).with("cube", 4).with("dims", new String[] {"prod"}).insert(API);
        anomaly(3).with("cube", 3).with("dims", new String[] {"p", "prod"}).insert(API);
        anomaly(4).insert(API);

        assertThat(ids("?environment=prod")).containsExactly(id(1).toString());
        assertThat(ids("?name=prod")).containsExactly(id(2).toString());
        assertThat(ids("?model=prod")).containsExactly(id(3).toString());
    }

    @Test
    void listsFromInclusiveToExclusiveToTheNanosecond() throws SQLException {
        for (int i = 0; i < 3; i++) {
            Facts.anomaly(tenant.project(), id(i), ONSET.plus(i, ChronoUnit.MICROS))
                    .insert(API);
        }
        Instant second = ONSET.plus(1, ChronoUnit.MICROS);

        assertThat(ids("?from=" + ONSET + "&to=" + second)).containsExactly(id(0).toString());
        assertThat(ids("?from=" + ONSET.plusNanos(1) + "&to=" + second.plusNanos(1)))
                .containsExactly(id(1).toString());
    }

    @Test
    void takesNoMoreActionsThanAnAnswerCanShow() throws SQLException {
        anomaly(1).insert(API);
        for (int i = 0; i < 100; i++) {
            post(path(1) + "/acknowledge", "{\"note\":\"look " + i + "\"}");
        }
        Api.Answer answer = API.post(tenant.readKey(), path(1) + "/acknowledge", "{\"note\":\"once more\"}");
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.problem()).isEqualTo("too_many");
        assertThat(actions()).isEqualTo(100);
        assertThat(get(path(1)).get("actions")).hasSize(100);
    }
}
