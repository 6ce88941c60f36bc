package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A source that is made through the API, and a sender that signs as GitHub does. */
@ExtendWith(SharedStack.class)
class WebhookIT {
    private static final String SECRET = "It's a Secret to Everybody";

    private static Stack stack;
    private static Tenant tenant;
    private static URI url;

    @BeforeAll
    static void makeSource() {
        stack = SharedStack.stack();
        tenant = Tenant.of(stack, "webhooks");
        Http.Answer made = Http.send(
                Http.to(stack.api().resolve("/v1/projects/" + tenant.project() + "/webhooks/ci"), stack.adminToken())
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString("""
                                {"style": "github", "secrets": [{"secret": "%s"}], "mapping": {"fields": [
                                  {"field": "name", "header": "X-GitHub-Event"},
                                  {"field": "status", "pointer": "/run/conclusion", "values": {"success": "ok", "failure": "error"}},
                                  {"field": "start", "pointer": "/run/started_at"},
                                  {"field": "end", "pointer": "/run/updated_at"},
                                  {"field": "user_id", "pointer": "/sender/login"}]}}""".formatted(SECRET)))
                        .build());
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        url = stack.ingest().resolve(made.json().required("url_path").textValue());
        Tenant.eventually()
                .untilAsserted(() ->
                        assertThat(deliver("{}", "none", "sha256=00").status()).isEqualTo(401));
    }

    @Test
    void aSignedDeliveryBecomesATraceOnceAndAForgedOneNothing() {
        Instant end = Instant.now();
        String body = """
                {"action": "completed", "run": {"conclusion": "failure", "started_at": "%s", "updated_at": "%s"},
                 "sender": {"login": "jane"}}""".formatted(end.minusSeconds(3), end);

        assertThat(deliver(body, "72d3162e-cc78", sign(body)).status()).isEqualTo(200);
        assertThat(deliver(body, "72d3162e-cc78", sign(body)).status()).isEqualTo(200);
        String forged = body.replace("failure", "success");
        assertThat(deliver(forged, "72d3162e-cc78", sign(body)).status()).isEqualTo(401);

        Tenant.eventually().untilAsserted(() -> {
            JsonNode ledger = tenant.ledger();
            assertThat(ledger.path("accepted").asLong()).isEqualTo(2);
            assertThat(ledger.path("stored").asLong()).isEqualTo(1);
            assertThat(ledger.path("duplicate").asLong()).isEqualTo(1);
            assertThat(ledger.path("balanced").asBoolean()).isTrue();
        });
        JsonNode items = tenant.get("/v1/traces").json().required("items");
        assertThat(items).hasSize(1);
        JsonNode trace = tenant.trace(items.get(0).required("id").textValue());
        assertThat(trace.at("/trace/status").asText()).isEqualTo("error");
        assertThat(trace.at("/trace/user_id").asText()).isEqualTo("jane");
        JsonNode span = trace.at("/spans/0");
        assertThat(span.path("name").asText()).isEqualTo("workflow_run");
        assertThat(span.path("duration_ms").asDouble()).isEqualTo(3_000.0);
        assertThat(span.path("attributes").path("payload.action").asText()).isEqualTo("completed");
        assertThat(span.path("attributes").path("webhook.delivery").asText()).isEqualTo("72d3162e-cc78");
    }

    private static Http.Answer deliver(String body, String delivery, String signature) {
        return Http.send(HttpRequest.newBuilder(url)
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .header("X-GitHub-Event", "workflow_run")
                .header("X-GitHub-Delivery", delivery)
                .header("X-Hub-Signature-256", signature)
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private static String sign(String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
