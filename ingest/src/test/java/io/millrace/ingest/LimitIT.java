package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.ingest.project.DirectoryEntries;
import io.millrace.schema.wire.ApiKeyEntry;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.LimitsEntry;
import io.millrace.schema.wire.RateLimits;
import io.millrace.schema.wire.UsageEntry;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Limits as clients meet them. A request of 500 spans at one span a second is taken, since nothing was owed; what comes then
 * is refused for minutes, however slow the machine.
 */
@ExtendWith(EdgeExtension.class)
class LimitIT {
    private static final RateLimits.Builder ONE_SPAN =
            RateLimits.newBuilder().setSpansPerSecond(1).setSpansBurst(1);
    private static final RateLimits.Builder ONE_BYTE =
            RateLimits.newBuilder().setBytesPerSecond(1).setBytesBurst(1);
    private static final String NATIVE =
            "{\"trace_id\":\"%032x\",\"span_id\":\"%016x\",\"name\":\"n\",\"start\":\"%s\",\"end\":\"%s\"}"
                    .formatted(7, 7, Edge.RECEIVED, Edge.RECEIVED);

    private final Tenant tenant = EdgeExtension.tenant();
    private final Kafka kafka = EdgeExtension.kafka();

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/v1/traces, application/json, `{\"resourceSpans\":[]}`, 503",
                "/api/public/ingestion, application/json, `{\"batch\":[]}`, 503",
                "/runs/batch, application/json, `{\"post\":[]}`, 503",
                "/v1/spans, application/json, `[]`, 429",
            })
    void bytesAreRefusedInTheFormOfTheDialect(String path, String type, String body, int status) {
        limits(ONE_BYTE, 0);
        assertThat(spend()).isEqualTo(200);

        HttpResponse<byte[]> refused = tenant.post(path, type, body.getBytes(StandardCharsets.UTF_8));

        assertThat(refused.statusCode()).isEqualTo(status);
        int retry = Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow());
        if (status == 503) {
            assertThat(retry).isBetween(1, 3);
        } else {
            assertThat(retry).isGreaterThan(60);
            assertThat(Edge.json(refused).getInteger("status")).isEqualTo(429);
        }
        assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains("project_bytes");
        assertThat(tenant.spans()).hasSize(500);
    }

    @Test
    void spansAreCountedOnceTheyAreKnownAndTakenTogetherOrNotAtAll() {
        limits(ONE_SPAN, 0);
        assertThat(spend()).isEqualTo(200);

        HttpResponse<byte[]> refused = tenant.export(Otlp.span(), Otlp.span());

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(Edge.rpcCode(refused)).isEqualTo(14);
        HttpResponse<byte[]> ours = tenant.post("/v1/spans", Edge.JSON, NATIVE.getBytes(StandardCharsets.UTF_8));
        assertThat(ours.statusCode()).isEqualTo(429);
        assertThat(Edge.json(ours).getString("code")).isEqualTo("limit_reached");
        assertThat(tenant.export().statusCode()).as("nothing to count").isEqualTo(200);
        assertThat(tenant.spans()).hasSize(500);
        assertThat(EdgeExtension.edge().metrics())
                .containsPattern("millrace_ingest_limited_total\\{limit=\"project_spans\"} [1-9]");
    }

    @Test
    void aCallIsToldWhenToComeAgain() {
        limits(ONE_SPAN, 0);
        assertThat(spend()).isEqualTo(200);

        try (GrpcClient client = new GrpcClient(EdgeExtension.edge().ingest().grpcPort())) {
            GrpcClient.Answer refused = client.call(
                    GrpcClient.TRACES, GrpcClient.frame(Otlp.request(Otlp.span())), "x-api-key", tenant.secret());

            assertThat(refused.status()).isEqualTo(14);
            assertThat(refused.trailers().contains("grpc-status-details-bin")).isTrue();
        }
    }

    @Test
    void aKeyHasLimitsOfItsOwn() {
        String secret = "sk-mr-limited-" + tenant.project();
        kafka.entry(
                "key/limited-" + tenant.project(),
                ControlEntry.newBuilder()
                        .setApiKey(ApiKeyEntry.newBuilder()
                                .setId(DirectoryEntries.bytes(UUID.randomUUID()))
                                .setProject(DirectoryEntries.bytes(tenant.project()))
                                .setPublicKey("pk-mr-limited")
                                .setSecretSha256(ByteString.copyFrom(sha256(secret)))
                                .addScopes("ingest")
                                .setLimits(ONE_SPAN)));
        await().atMost(Duration.ofSeconds(100)).until(() -> export(secret, 0) == 200);

        assertThat(export(secret, 500)).isEqualTo(200);
        assertThat(export(secret, 1)).isEqualTo(503);
        assertThat(tenant.export(Otlp.span()).statusCode()).isEqualTo(200);
    }

    @Test
    void aQuotaThatIsUsedUpRefusesUntilTheMonthEnds() {
        limits(RateLimits.newBuilder(), 1_000);
        usage(month(0), 999);
        assertThat(tenant.export(Otlp.span()).statusCode()).isEqualTo(200);

        usage(month(0), 1_000);
        HttpResponse<byte[]> refused = tenant.export(Otlp.span());
        assertThat(refused.statusCode()).isEqualTo(503);
        HttpResponse<byte[]> ours = tenant.post("/v1/spans", Edge.JSON, NATIVE.getBytes(StandardCharsets.UTF_8));
        assertThat(ours.statusCode()).isEqualTo(429);
        assertThat(Edge.json(ours).getString("code")).isEqualTo("quota_used_up");

        usage(month(-1), 1_000);
        assertThat(tenant.export(Otlp.span()).statusCode()).isEqualTo(200);
        usage(month(0), 1_000);
        limits(RateLimits.newBuilder(), 0);
        assertThat(tenant.export(Otlp.span()).statusCode()).isEqualTo(200);
    }

    @Test
    void limitsThatMakeNoSenseLeaveThoseThatWereKnown() {
        limits(ONE_SPAN, 0);
        limits(RateLimits.newBuilder().setSpansPerSecond(1).setSpansBurst(100_000), 0);

        assertThat(spend()).isEqualTo(200);
        assertThat(tenant.export(Otlp.span()).statusCode()).isEqualTo(503);
    }

    @Test
    void anEdgeWithoutRedisSaysThatItCountsAlone() {
        assertThat(EdgeExtension.edge().metrics()).contains("millrace_ingest_limiter_local 1.0");
    }

    private int spend() {
        return export(tenant.secret(), 500);
    }

    private static int export(String secret, int spans) {
        Span.Builder[] all = Stream.generate(Otlp::span).limit(spans).toArray(Span.Builder[]::new);
        return EdgeExtension.edge()
                .post("/v1/traces", Edge.PROTOBUF, Otlp.request(all), "Authorization", "Bearer " + secret)
                .statusCode();
    }

    private void limits(RateLimits.Builder rates, long spansPerMonth) {
        kafka.entry(
                "limits/" + tenant.project(),
                ControlEntry.newBuilder()
                        .setLimits(LimitsEntry.newBuilder()
                                .setProject(DirectoryEntries.bytes(tenant.project()))
                                .setRates(rates)
                                .setSpansPerMonth(spansPerMonth)));
        awaitKnown();
    }

    private void usage(int month, long spans) {
        kafka.entry(
                "usage/" + tenant.project(),
                ControlEntry.newBuilder()
                        .setUsage(UsageEntry.newBuilder()
                                .setProject(DirectoryEntries.bytes(tenant.project()))
                                .setMonth(month)
                                .setSpans(spans)));
        awaitKnown();
    }

    private static int month(int away) {
        var month = Edge.RECEIVED.atZone(java.time.ZoneOffset.UTC).plusMonths(away);
        return month.getYear() * 100 + month.getMonthValue();
    }

    /** An entry is known once one that was written after it is: a key of another project that nobody limits. */
    private void awaitKnown() {
        UUID marker = UUID.randomUUID();
        kafka.project(marker, 30);
        kafka.key("marker-" + marker, marker, "pk-mr-" + marker, "sk-mr-" + marker, List.of("ingest"));
        await().atMost(Duration.ofSeconds(100)).until(() -> export("sk-mr-" + marker, 0) == 200);
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
