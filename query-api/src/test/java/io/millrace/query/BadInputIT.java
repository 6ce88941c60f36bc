package io.millrace.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadInputIT {
    private static final Api API = Api.shared();
    private static Api.Tenant tenant;

    @BeforeAll
    static void makeTenant() throws Exception {
        tenant = API.tenant();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/traces?limit=0                                        | 400 | invalid_parameter | limit",
                "/v1/traces?limit=1001                                     | 400 | invalid_parameter | limit",
                "/v1/traces?limit=ten                                      | 400 | invalid_parameter | limit",
                "/v1/traces?limit=5&limit=6                                | 400 | invalid_parameter | limit",
                "/v1/traces?cursor=x                                       | 400 | invalid_cursor    |",
                "/v1/traces?cursor=%00                                     | 400 | invalid_parameter | cursor",
                "/v1/traces?status=failed                                  | 400 | invalid_parameter | status",
                "/v1/traces?name=                                          | 400 | invalid_parameter | name",
                "/v1/traces?min_duration_ms=-1                             | 400 | invalid_parameter | min_duration_ms",
                "/v1/traces?min_duration_ms=99999999999999999              | 400 | invalid_parameter | min_duration_ms",
                "/v1/traces?min_cost_usd=1e9                               | 400 | invalid_parameter | min_cost_usd",
                "/v1/traces?from=yesterday                                 | 400 | invalid_parameter | from",
                "/v1/traces?from=now&to=now-1h                             | 400 | invalid_parameter | from",
                "/v1/traces?colour=red                                     | 400 | unknown_parameter | colour",
                "/v1/traces?q=refund                                       | 400 | not_available     | q",
                "/v1/traces?grade=F                                        | 400 | not_available     | grade",
                "/v1/traces?tag=x                                          | 400 | not_available     | tag",
                "/v1/traces?project=mine                                   | 400 | invalid_parameter | project",
                "/v1/traces/00000000000000000000000000000000               | 404 | not_found         |",
                "/v1/traces/0000000000000000000000000000ffff               | 404 | not_found         |",
                "/v1/traces/abc?payloads=maybe                             | 400 | invalid_parameter | payloads",
                "/v1/traces/abc?colour=red                                 | 400 | unknown_parameter | colour",
                "/v1/metrics                                               | 400 | invalid_parameter | measures",
                "/v1/metrics?measures=joy                                  | 400 | invalid_parameter | measures",
                "/v1/metrics?measures=spans,                               | 400 | invalid_parameter | measures",
                "/v1/metrics?measures=spans,spans                          | 400 | invalid_parameter | measures",
                "/v1/metrics?measures=users                                | 400 | not_available     | measures",
                "/v1/metrics?measures=sessions                             | 400 | not_available     | measures",
                "/v1/metrics?measures=spans&group_by=cohort                | 400 | not_available     | group_by",
                "/v1/metrics?measures=spans&cohort=x                       | 400 | not_available     | cohort",
                "/v1/metrics?measures=spans&group_by=colour                | 400 | invalid_parameter | group_by",
                "/v1/metrics?measures=spans&step=5s                        | 400 | invalid_parameter | step",
                "/v1/metrics?measures=spans&from=now&to=now-1s             | 400 | invalid_parameter | from",
                "/v1/metrics?measures=spans&user_id=u                      | 400 | unknown_parameter | user_id",
                "/v1/metrics?measures=latency_p95_ms&group_by=release      | 422 | unservable        |",
                "/v1/metrics?measures=spans&group_by=kind,model&step=10s   | 422 | unservable        |",
                "/v1/metrics?measures=spans&step=10s&from=now-10d          | 422 | unservable        |",
                "/v1/metrics?measures=spans&group_by=kind,name&from=now-9d | 422 | unservable        |",
                "/v1/ledger?from=2026-13-01T00:00:00Z                      | 400 | invalid_parameter | from",
                "/v1/ledger?from=now&to=now-1h                             | 400 | invalid_parameter | from",
                "/v1/ledger?step=1m                                        | 400 | unknown_parameter | step",
                "/v1/nothing                                               | 404 | not_found         |",
                "/v1/live                                                  | 426 | upgrade_required  |",
                "/v1/live/anomalies?state=open                             | 400 | not_available     | state",
                "/v1/live/anomalies?severity=fatal                         | 400 | invalid_parameter | severity",
                "/v1/live/everything                                       | 404 | not_found         |",
                "/v1/live/traces?after=x                                   | 400 | invalid_cursor    |",
                "/v1/live/traces?status=failed                             | 400 | invalid_parameter | status",
                "/v1/live/traces?state=open                                | 400 | invalid_parameter | state",
                "/v1/live/traces?model=gpt-5                               | 400 | not_available     | model",
                "/v1/live/traces?colour=red                                | 400 | unknown_parameter | colour",
                "/v1/live/metrics?step=1m                                  | 400 | unknown_parameter | step",
                "/v1/live/metrics?measures=joy                             | 400 | invalid_parameter | measures",
                "/v1/live/metrics?group_by=release                         | 422 | unservable        |",
                "/v1/live/metrics?model=gpt-5                              | 422 | unservable        |",
                "/v1/live/metrics?group_by=kind&measures=traces            | 422 | unservable        |",
                "/v1/live/ledger?from=now-1h                               | 400 | unknown_parameter | from",
                "/v1/anomalies?state=closed                                | 400 | invalid_parameter | state",
                "/v1/anomalies?severity=fatal                              | 400 | invalid_parameter | severity",
                "/v1/anomalies?measure=latency                             | 400 | invalid_parameter | measure",
                "/v1/anomalies?measure=other                               | 400 | invalid_parameter | measure",
                "/v1/anomalies?kind=dip                                    | 400 | invalid_parameter | kind",
                "/v1/anomalies?kind=other                                  | 400 | invalid_parameter | kind",
                "/v1/anomalies?kind=level_shift                            | 400 | not_available     | kind",
                "/v1/anomalies?incident=x                                  | 400 | invalid_parameter | incident",
                "/v1/anomalies?environment=                                | 400 | invalid_parameter | environment",
                "/v1/anomalies?from=yesterday                              | 400 | invalid_parameter | from",
                "/v1/anomalies?from=now&to=now-1h                          | 400 | invalid_parameter | from",
                "/v1/anomalies?limit=0                                     | 400 | invalid_parameter | limit",
                "/v1/anomalies?cursor=x                                    | 400 | invalid_cursor    |",
                "/v1/anomalies?colour=red                                  | 400 | unknown_parameter | colour",
                "/v1/anomalies/x                                           | 404 | not_found         |",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007        | 404 | not_found         |",
                "/v1/anomalies/x?colour=red                                | 400 | unknown_parameter | colour",
                "/v1/anomalies/x/acknowledge                               | 405 | method_not_allowed |",
                "/v1/rejected?from=yesterday                               | 400 | invalid_parameter | from",
                "/v1/rejected?from=now&to=now-1h                           | 400 | invalid_parameter | from",
                "/v1/rejected?limit=0                                      | 400 | invalid_parameter | limit",
                "/v1/rejected?cursor=x                                     | 400 | invalid_cursor    |",
                "/v1/rejected?without_project=1                            | 400 | invalid_parameter | without_project",
                "/v1/rejected?reason=x                                     | 400 | unknown_parameter | reason",
                "/v1/rejected?without_project=true                         | 403 | forbidden         |",
                "/v1/rejected/x/replay                                     | 405 | method_not_allowed |",
                "/v1/auth/login                                            | 400 | not_available     |",
                "/v1/prometheus                                            | 400 | not_available     |"
            })
    void isToldWhatIsWrong(String path, int status, String problem, String field) {
        Api.Answer answer = API.get(tenant.readKey(), path);

        assertThat(answer.body().toString()).isNotEmpty();
        assertThat(answer.problem()).as(answer.body().toString()).isEqualTo(problem);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        assertThat(answer.body().get("status").asInt()).isEqualTo(status);
        assertThat(answer.body().get("title").asText()).isNotEmpty();
        assertThat(answer.body().path("errors").path(0).path("field").asText()).isEqualTo(field == null ? "" : field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/projects | {}                                           | 400 | invalid_body | name",
                "/v1/projects | {\"name\": \" \"}                            | 400 | invalid_body | name",
                "/v1/projects | {\"name\": 5}                                | 400 | invalid_body | name",
                "/v1/projects | {\"name\": \"x\", \"retention_days\": 0}     | 400 | invalid_body | retention_days",
                "/v1/projects | {\"name\": \"x\", \"retention_days\": 1.5}   | 400 | invalid_body | retention_days",
                "/v1/projects | {\"name\": \"x\", \"colour\": 1}             | 400 | invalid_body | colour",
                "/v1/projects | {\"name\": \"x\", \"name\": \"y\"}           | 400 | invalid_body |",
                "/v1/projects | [1]                                          | 400 | invalid_body |",
                "/v1/projects | {                                            | 400 | invalid_body |",
                "/v1/projects | {} {}                                        | 400 | invalid_body |",
                "/v1/api-keys | {\"name\": \"x\"}                            | 400 | invalid_body | scopes",
                "/v1/api-keys | {\"name\": \"x\", \"scopes\": []}            | 400 | invalid_body | scopes",
                "/v1/api-keys | {\"name\": \"x\", \"scopes\": [\"root\"]}    | 400 | invalid_body | scopes",
                "/v1/api-keys | {\"name\": \"x\", \"scopes\": [\"read\"], \"project_id\": \"x\"} | 400 | invalid_body | project_id",
                "/v1/api-keys | {\"name\": \"x\", \"scopes\": [\"read\"], \"project_id\": \"00000000-0000-0000-0000-000000000007\"} | 400 | invalid_body | project_id",
                "/v1/api-keys | {\"name\": \"x\", \"scopes\": [\"read\"], \"expires_at\": \"now-1h\"} | 400 | invalid_body | expires_at",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/feedback | {} | 400 | invalid_body | verdict",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/feedback | {\"verdict\": true} | 400 | invalid_body | verdict",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/feedback | {\"verdict\": \"maybe\"} | 400 | invalid_body | verdict",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/feedback | {\"verdict\": \"true\", \"note\": 5} | 400 | invalid_body | note",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/feedback | {\"verdict\": \"true\", \"note\": \"a\\u0000b\"} | 400 | invalid_body | note",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/feedback | {\"verdict\": \"true\", \"mute_until\": \"now-1h\"} | 400 | invalid_body | mute_until",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/feedback | {\"verdict\": \"true\", \"mute_until\": \"tomorrow\"} | 400 | invalid_body | mute_until",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/feedback | {\"verdict\": \"true\", \"colour\": 1} | 400 | invalid_body | colour",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/feedback | {\"verdict\": \"true\"} | 404 | not_found |",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/acknowledge | {\"verdict\": \"true\"} | 400 | invalid_body | verdict",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/acknowledge | [] | 400 | invalid_body |",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/acknowledge | {} | 404 | not_found |",
                "/v1/rejected/00000000-0000-0000-0000-000000000007/replay | '' | 404 | not_found |",
                "/v1/rejected/00000000-0000-0000-0000-000000000007/replay | {\"force\": true} | 400 | invalid_body | force",
                "/v1/rejected/x/replay | {} | 404 | not_found |",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/resolve | { | 400 | invalid_body |",
                "/v1/anomalies/00000000-0000-0000-0000-000000000007/resolve | '' | 404 | not_found |"
            })
    void isToldWhatIsWrongWithABody(String path, String body, int status, String problem, String field) {
        Api.Answer answer = API.post(tenant.adminKey(), path, body);

        assertThat(answer.problem()).as(answer.body().toString()).isEqualTo(problem);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body().path("errors").path(0).path("field").asText()).isEqualTo(field == null ? "" : field);
    }

    @Test
    void isRefusedWithoutAWorkingKey() {
        String path = "/v1/traces";
        String wrongPair = Base64.getEncoder()
                .encodeToString(("pk-mr-other:" + tenant.readKey()).getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThat(API.send(API.request(path)).problem()).isEqualTo("unauthenticated");
        assertThat(API.get("sk-mr-unknown", path).problem()).isEqualTo("unauthenticated");
        assertThat(API.get("", path).status()).isEqualTo(401);
        assertThat(API.send(API.request(path).header("authorization", "Basic " + wrongPair))
                        .status())
                .isEqualTo(401);
        assertThat(API.send(API.request(path).header("authorization", "Bearer " + tenant.publicKey()))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void isLetInByEveryFormOfAKey() {
        String pair = Base64.getEncoder()
                .encodeToString((tenant.publicKey() + ":" + tenant.readKey())
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThat(API.send(API.request("/v1/traces").header("authorization", "Basic " + pair))
                        .status())
                .isEqualTo(200);
        assertThat(API.send(API.request("/v1/traces").header("x-api-key", tenant.readKey()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void isRefusedWithoutTheScope() {
        String ingestOnly = API.post(
                        tenant.adminKey(), "/v1/api-keys", "{\"name\": \"edge\", \"scopes\": [\"ingest\"]}")
                .body()
                .get("secret_key")
                .asText();

        assertThat(API.get(ingestOnly, "/v1/traces").problem()).isEqualTo("forbidden");
        assertThat(API.post(tenant.readKey(), "/v1/projects", "{\"name\": \"x\"}")
                        .problem())
                .isEqualTo("forbidden");
        assertThat(API.delete(tenant.readKey(), "/v1/api-keys/" + new java.util.UUID(1, 1))
                        .problem())
                .isEqualTo("forbidden");
    }

    @Test
    void isToldAboutMethodsMediaTypesAndSizes() {
        assertThat(API.delete(tenant.readKey(), "/v1/traces").problem()).isEqualTo("method_not_allowed");
        assertThat(API.send(API.request("/v1/projects")
                                .header("authorization", "Bearer " + tenant.adminKey())
                                .header("content-type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"name\": \"x\"}")))
                        .problem())
                .isEqualTo("unsupported_media_type");
        assertThat(API.post(tenant.adminKey(), "/v1/projects", "{\"name\": \"" + "x".repeat(70_000) + "\"}")
                        .problem())
                .isEqualTo("too_large");
        assertThat(API.delete(tenant.adminKey(), "/v1/api-keys/x").problem()).isEqualTo("not_found");
    }

    @Test
    void doesNotTakeACursorOfAnotherList() throws Exception {
        java.time.Instant now = java.time.Instant.now();
        for (int i = 1; i < 4; i++) {
            Facts.trace(tenant.project(), "%032x".formatted(i), now, now).insert(API);
        }
        String next = API.get(tenant.readKey(), "/v1/traces?limit=2")
                .body()
                .get("next")
                .asText();

        assertThat(API.get(tenant.readKey(), "/v1/traces?limit=1&cursor=" + next)
                        .status())
                .isEqualTo(200);
        assertThat(API.get(tenant.readKey(), "/v1/traces?status=ok&cursor=" + next)
                        .problem())
                .isEqualTo("invalid_cursor");
    }
}
