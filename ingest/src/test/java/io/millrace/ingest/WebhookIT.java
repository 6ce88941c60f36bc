package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.ingest.webhook.Sources;
import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import io.millrace.schema.span.Mark;
import io.millrace.schema.webhook.WebhookStyle;
import io.millrace.schema.wire.DetectorRule;
import io.millrace.schema.wire.MaskingEntry;
import io.millrace.schema.wire.SpanMessage;
import io.millrace.schema.wire.WebhookEntry;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Deliveries as senders make them: without a key, to a path of their own. */
@ExtendWith(EdgeExtension.class)
class WebhookIT {
    private static final String SECRET = "It's a Secret to Everybody";
    private static final String BODY = "{\"action\": \"done\", \"at\": \"%s\", \"by\": \"jane@example.com\"}"
            .formatted(Edge.RECEIVED.minusSeconds(5));

    private final Tenant tenant = EdgeExtension.tenant();
    private final String id = "whk_" + UUID.randomUUID().toString().replace("-", "");

    @Test
    void aSignedDeliveryIsTakenAndTheSameAgainIsTheSameSpan() {
        knows(
                github().setMapping(
                                "{\"fields\": [{\"field\": \"end\", \"pointer\": \"/at\"}, {\"field\": \"name\", \"header\": \"X-GitHub-Event\"}]}"));

        HttpResponse<byte[]> answer = deliver(BODY, "d1", SECRET);
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
        assertThat(text(answer)).isEqualTo("{\"accepted\":1,\"refused\":[]}");
        assertThat(deliver(BODY, "d1", SECRET).statusCode()).isEqualTo(200);

        List<SpanMessage> spans = tenant.spans();
        assertThat(spans).hasSize(2);
        assertThat(spans.get(1)).isEqualTo(spans.get(0));
        assertThat(spans.get(0).getName()).isEqualTo("workflow_run");
        assertThat(spans.get(0).getMarks()).isZero();
        assertThat(tenant.log())
                .allSatisfy(record -> assertThat(record.batch().getDialect()).isEqualTo("webhook"));

        deliver(BODY, "d2", SECRET);
        assertThat(tenant.spans().stream().map(SpanMessage::getTraceId).distinct())
                .hasSize(2);
    }

    @Test
    void whatIsNotProvedIsRefusedAndCounted() {
        knows(github());
        double wrong = refused("wrong_signature");
        double missing = refused("no_signature");
        double unknown = refused("unknown_source");

        assertThat(problem(deliver(BODY, "d1", SECRET + "!"), 401)).isEqualTo("bad_signature");
        assertThat(problem(deliver(BODY + " ", "d1", sign(BODY, SECRET), id), 401))
                .isEqualTo("bad_signature");
        assertThat(problem(post(id, BODY, "X-GitHub-Delivery", "d1"), 401)).isEqualTo("bad_signature");
        assertThat(problem(deliver(BODY, "d1", sign(BODY, SECRET), "whk_0"), 404))
                .isEqualTo("not_found");
        String noJson = "{\"action\":";
        assertThat(problem(deliver(noJson, "d1", SECRET), 400)).isEqualTo("invalid_body");
        assertThat(tenant.log()).isEmpty();

        assertThat(refused("wrong_signature") - wrong).isEqualTo(2);
        assertThat(refused("no_signature") - missing).isEqualTo(1);
        assertThat(refused("unknown_source") - unknown).isGreaterThanOrEqualTo(1);
    }

    @Test
    void aSignedTimeFromLongAgoIsRefusedForThat() throws Exception {
        String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        knows(Sources.entry(id, tenant.project(), WebhookStyle.STANDARD, secret));

        assertThat(problem(standard("1614265330", secret), 401)).isEqualTo("stale_signature");
        assertThat(standard(Long.toString(Edge.RECEIVED.getEpochSecond() - 299), secret)
                        .statusCode())
                .isEqualTo(200);
        assertThat(Mark.TIME_OF_DELIVERY.in(tenant.spans().get(0).getMarks())).isTrue();
    }

    @Test
    void secretsAreReplacedWithoutAGap() {
        knows(github());
        EdgeExtension.kafka()
                .webhook(Sources.entry(id, tenant.project(), WebhookStyle.GITHUB, SECRET, SECRET + " of tomorrow"));
        until(SECRET + " of tomorrow", 200);
        assertThat(deliver(BODY, "d1", SECRET).statusCode()).isEqualTo(200);

        EdgeExtension.kafka()
                .webhook(Sources.entry(id, tenant.project(), WebhookStyle.GITHUB, SECRET + " of tomorrow"));
        until(SECRET, 401);
        assertThat(deliver(BODY, "d1", SECRET + " of tomorrow").statusCode()).isEqualTo(200);

        EdgeExtension.kafka().deleteWebhook(id);
        until(SECRET + " of tomorrow", 404);
    }

    @Test
    void maskingHoldsForWhatNoFieldTakes() {
        EdgeExtension.kafka()
                .masking(
                        tenant.project(),
                        MaskingEntry.newBuilder()
                                .addDeniedAttributes("payload.action")
                                .addDetectors(DetectorRule.newBuilder()
                                        .setDetector(Detector.EMAIL.code())
                                        .setAction(MaskAction.MASK.code())));
        // Entries are applied in their order: whoever knows the source knows the rules.
        knows(github());
        assertThat(deliver(BODY, "d1", SECRET).statusCode()).isEqualTo(200);

        String span = new String(tenant.spans().get(0).toByteArray(), StandardCharsets.UTF_8);
        assertThat(span).contains("[EMAIL]").doesNotContain("jane@example.com", "payload.action");
    }

    @Test
    void aSourceThatThisEdgeCannotReadIsAskedToComeAgain() {
        knows(github());
        EdgeExtension.kafka().webhook(github().setStyle(99));
        until(SECRET, 503);
        assertThat(problem(deliver(BODY, "d1", SECRET), 503)).isEqualTo("not_ready");
    }

    @Test
    void onlyPlainJsonOfABoundedLengthIsTaken() throws Exception {
        knows(github());
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(BODY.getBytes(StandardCharsets.UTF_8));
        }
        HttpRequest.Builder zipped = request(id, packed.toByteArray()).header("Content-Encoding", "gzip");
        assertThat(problem(EdgeExtension.edge().send(signed(zipped, "d1", sign(BODY, SECRET))), 415))
                .isEqualTo("unsupported_encoding");
        HttpRequest.Builder form = request(id, BODY.getBytes(StandardCharsets.UTF_8))
                .setHeader("Content-Type", "application/x-www-form-urlencoded");
        assertThat(problem(EdgeExtension.edge().send(signed(form, "d1", sign(BODY, SECRET))), 415))
                .isEqualTo("unsupported_media_type");
        String large = "{\"a\": \"" + "x".repeat(4 << 20) + "\"}";
        assertThat(problem(deliver(large, "d1", SECRET), 413)).isEqualTo("too_large");
        String notSoLarge = "{\"a\": \"" + "x".repeat(1 << 20) + "\"}";
        assertThat(deliver(notSoLarge, "d2", SECRET).statusCode()).isEqualTo(200);
    }

    private WebhookEntry.Builder github() {
        return Sources.entry(id, tenant.project(), WebhookStyle.GITHUB, SECRET);
    }

    /** Returns when the edge knows the source; what tells so is not taken. */
    private void knows(WebhookEntry.Builder source) {
        EdgeExtension.kafka().webhook(source);
        await().atMost(Duration.ofSeconds(100)).until(() -> post(id, BODY).statusCode(), status -> status == 401);
    }

    /** Returns when a delivery under this secret is answered so. */
    private void until(String secret, int status) {
        await().atMost(Duration.ofSeconds(100))
                .until(() -> deliver(BODY, "d0", secret).statusCode(), answered -> answered == status);
    }

    private HttpResponse<byte[]> deliver(String body, String delivery, String secret) {
        return deliver(body, delivery, sign(body, secret), id);
    }

    private static HttpResponse<byte[]> deliver(String body, String delivery, String signature, String source) {
        return EdgeExtension.edge()
                .send(signed(request(source, body.getBytes(StandardCharsets.UTF_8)), delivery, signature));
    }

    private static HttpRequest signed(HttpRequest.Builder request, String delivery, String signature) {
        return request.header("X-GitHub-Event", "workflow_run")
                .header("X-GitHub-Delivery", delivery)
                .header("X-Hub-Signature-256", signature)
                .build();
    }

    private HttpResponse<byte[]> standard(String time, String secret) throws GeneralSecurityException {
        byte[] key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
        byte[] made = mac(key, "msg_1." + time + "." + BODY);
        return post(
                id,
                BODY,
                "webhook-id",
                "msg_1",
                "webhook-timestamp",
                time,
                "webhook-signature",
                "v1," + Base64.getEncoder().encodeToString(made));
    }

    private static HttpResponse<byte[]> post(String source, String body, String... headers) {
        HttpRequest.Builder request = request(source, body.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return EdgeExtension.edge().send(request.build());
    }

    private static HttpRequest.Builder request(String source, byte[] body) {
        return HttpRequest.newBuilder(EdgeExtension.edge().uri("/webhooks/" + source))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", Edge.JSON)
                .POST(BodyPublishers.ofByteArray(body));
    }

    private static String sign(String body, String secret) {
        try {
            return "sha256=" + HexFormat.of().formatHex(mac(secret.getBytes(StandardCharsets.UTF_8), body));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static byte[] mac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String problem(HttpResponse<byte[]> answer, int status) {
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
        assertThat(Edge.contentType(answer)).isEqualTo("application/problem+json");
        return Edge.json(answer).getString("code");
    }

    private static double refused(String reason) {
        String series = "millrace_ingest_webhooks_refused_total{reason=\"" + reason + "\"} ";
        return EdgeExtension.edge()
                .metrics()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElseThrow();
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
