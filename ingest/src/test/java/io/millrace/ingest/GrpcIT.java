package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.ingest.GrpcClient.Answer;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.trace.v1.Span;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of OTLP over gRPC, frame by frame. */
@ExtendWith(EdgeExtension.class)
class GrpcIT {
    private static final int MIB = 1 << 20;
    private static final byte[] ONE = GrpcClient.frame(Otlp.request(Otlp.span()));
    private static final String[] NO_HEADERS = {};
    private static final String[] GZIP = {"grpc-encoding", "gzip"};

    private final Edge edge = EdgeExtension.edge();
    private final Tenant tenant = EdgeExtension.tenant();
    private final GrpcClient client = new GrpcClient(edge.ingest().grpcPort());

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void aCallIsTakenAndAnsweredWithAMessageAndAStatus() throws Exception {
        Span.Builder span = Otlp.span();

        Answer answer = call(GrpcClient.frame(Otlp.request(span)), "grpc-timeout", "9954m");

        assertThat(answer.http()).isEqualTo(200);
        assertThat(answer.headers().get("content-type")).isEqualTo("application/grpc");
        assertThat(answer.trailersOnly()).isFalse();
        assertThat(answer.status()).isZero();
        assertThat(ExportTraceServiceResponse.parseFrom(answer.message()))
                .isEqualTo(ExportTraceServiceResponse.getDefaultInstance());
        assertThat(spanIds()).containsExactly(span.getSpanId());
        assertThat(tenant.log().get(0).batch().getDialect()).isEqualTo("otlp");
    }

    @Test
    void aMessageMayComeInAnyPieces() {
        Span.Builder span = Otlp.span();
        byte[] frame = GrpcClient.frame(Otlp.request(span));
        List<Buffer> bytes = IntStream.range(0, frame.length)
                .mapToObj(i -> Buffer.buffer(new byte[] {frame[i]}))
                .toList();

        assertThat(client.begin(GrpcClient.TRACES, bytes, key()).join().status())
                .isZero();

        assertThat(spanIds()).containsExactly(span.getSpanId());
    }

    @Test
    void aMessageMayBePackedByItself() {
        Span.Builder span = Otlp.span();

        assertThat(call(GrpcClient.frame(1, Otlp.gzip(Otlp.request(span))), GZIP)
                        .status())
                .isZero();

        assertThat(spanIds()).containsExactly(span.getSpanId());
    }

    @Test
    void aMessageLargerThanTheUsualFourMebibytesIsTaken() {
        byte[] large = Otlp.request(IntStream.range(0, 10)
                .mapToObj(i -> Otlp.span().addAttributes(Otlp.attribute("input", "x".repeat(900_000))))
                .toArray(Span.Builder[]::new));
        assertThat(large.length).isGreaterThan(8 * MIB);

        assertThat(call(GrpcClient.frame(large)).status()).isZero();

        assertThat(tenant.spans()).hasSize(10);
        await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes() == 0);
    }

    @Test
    void theKeyComesInEveryForm() {
        String basic = Base64.getEncoder()
                .encodeToString(("pk-mr-" + tenant.project() + ":" + tenant.secret()).getBytes(StandardCharsets.UTF_8));
        assertThat(List.of(
                        client.call(GrpcClient.TRACES, ONE, "authorization", "Bearer " + tenant.secret()),
                        client.call(GrpcClient.TRACES, ONE, "authorization", "Basic " + basic),
                        client.call(GrpcClient.TRACES, ONE, "x-api-key", tenant.secret())))
                .allSatisfy(answer -> assertThat(answer.status()).isZero());
    }

    @Test
    void aRefusedSpanIsNamedAndItsNeighbourIsTaken() throws Exception {
        Span.Builder good = Otlp.span();
        Span.Builder old = Otlp.span().setStartTimeUnixNano(1).setEndTimeUnixNano(2);

        Answer answer = call(GrpcClient.frame(Otlp.request(old, good)));

        assertThat(answer.status()).isZero();
        ExportTraceServiceResponse response = ExportTraceServiceResponse.parseFrom(answer.message());
        assertThat(response.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
        assertThat(response.getPartialSuccess().getErrorMessage()).contains("too_old");
        assertThat(spanIds()).containsExactly(good.getSpanId());
        assertThat(tenant.log().get(0).counts().getRefusedMap()).isEqualTo(Map.of("too_old", 1));
    }

    @Test
    void logsOfNoSpanAndMetricsAreCountedAndNotKept() throws Exception {
        byte[] logs = ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .addScopeLogs(ScopeLogs.newBuilder()
                                .addLogRecords(LogRecord.newBuilder().setTimeUnixNano(1))
                                .addLogRecords(LogRecord.newBuilder().setEventName("gen_ai.choice"))))
                .build()
                .toByteArray();
        byte[] metrics = ExportMetricsServiceRequest.newBuilder()
                .addResourceMetrics(ResourceMetrics.newBuilder()
                        .addScopeMetrics(ScopeMetrics.newBuilder()
                                .addMetrics(Metric.newBuilder().setName("a"))))
                .build()
                .toByteArray();

        Answer logged =
                client.call("/opentelemetry.proto.collector.logs.v1.LogsService/Export", GrpcClient.frame(logs), key());
        Answer measured = client.call(
                "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", GrpcClient.frame(metrics), key());

        assertThat(List.of(logged, measured))
                .allSatisfy(answer -> assertThat(answer.status()).isZero());
        assertThat(ExportLogsServiceResponse.parseFrom(logged.message()))
                .isEqualTo(ExportLogsServiceResponse.getDefaultInstance());
        assertThat(tenant.log())
                .extracting(entry -> entry.counts().getIgnoredMap())
                .containsExactlyInAnyOrder(Map.of("not_a_span", 1, "logs_not_joined", 1), Map.of("metric", 1));
    }

    @Test
    void aRefusedLogEventIsNamedForWhatItIs() throws Exception {
        byte[] logs = ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .addScopeLogs(ScopeLogs.newBuilder().addLogRecords(tooDeep())))
                .build()
                .toByteArray();

        Answer answer =
                client.call("/opentelemetry.proto.collector.logs.v1.LogsService/Export", GrpcClient.frame(logs), key());

        assertThat(answer.status()).isZero();
        ExportLogsPartialSuccess rejected =
                ExportLogsServiceResponse.parseFrom(answer.message()).getPartialSuccess();
        assertThat(rejected.getRejectedLogRecords()).isOne();
        assertThat(rejected.getErrorMessage()).startsWith("1 of 1 log records refused: 1 too_deep; log record 0 (");
    }

    private static LogRecord.Builder tooDeep() {
        AnyValue deep = AnyValue.getDefaultInstance();
        for (int i = 0; i < 40; i++) {
            deep = AnyValue.newBuilder()
                    .setArrayValue(ArrayValue.newBuilder().addValues(deep))
                    .build();
        }
        Span.Builder span = Otlp.span();
        return LogRecord.newBuilder()
                .setEventName("gen_ai.choice")
                .setTraceId(span.getTraceId())
                .setSpanId(span.getSpanId())
                .setBody(deep);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void badInputHasAStatus(String name, String path, byte[] body, String[] headers, int code) {
        String[] all = Stream.concat(Stream.of(key()), Stream.of(headers)).toArray(String[]::new);

        Answer answer = client.call(path, body, all);

        assertThat(answer.http()).isEqualTo(200);
        assertThat(answer.trailersOnly()).isTrue();
        assertThat(answer.body().length()).isZero();
        assertThat(answer.status()).isEqualTo(code);
        assertThat(answer.text()).isNotBlank();
        assertThat(answer.headers().contains("grpc-status-details-bin")).isFalse();
        assertThat(tenant.log()).isEmpty();
    }

    static Stream<Arguments> badInputHasAStatus() {
        byte[] message = Otlp.request(Otlp.span().addAttributes(Otlp.attribute("k", "v".repeat(5_000))));
        byte[] zipped = Otlp.gzip(message);
        byte[] bomb = Otlp.gzip(new byte[65 * MIB]);
        return Stream.of(
                bad("no key", ONE, 16, "x-api-key", ""),
                bad("unknown key", ONE, 16, "x-api-key", "sk-mr-none"),
                bad("a key for reading", ONE, 7, "x-api-key", "sk-mr-reader"),
                bad("nothing", new byte[0], 3),
                bad("half a prefix", new byte[3], 3),
                bad("half a message", Arrays.copyOf(ONE, ONE.length - 3), 3),
                bad("two messages", Buffer.buffer(ONE).appendBytes(ONE).getBytes(), 3),
                bad("a flag of 2", GrpcClient.frame(2, message), 3),
                bad("garbage", GrpcClient.frame(new byte[] {(byte) 0xff, (byte) 0xff, 3, 4}), 3),
                bad("no span has an id", GrpcClient.frame(Otlp.request(withoutIds(), withoutIds())), 3),
                bad("packed, nobody says how", GrpcClient.frame(1, zipped), 3),
                bad("packed as identity", GrpcClient.frame(1, zipped), 3, "grpc-encoding", "identity"),
                bad("packed in an unknown way", GrpcClient.frame(1, zipped), 12, "grpc-encoding", "snappy"),
                bad("gzip said, not done", GrpcClient.frame(1, message), 3, GZIP),
                bad("half a gzip", GrpcClient.frame(1, Arrays.copyOf(zipped, zipped.length / 2)), 3, GZIP),
                bad("over the limit when unpacked", GrpcClient.frame(1, bomb), 3, GZIP),
                bad(
                        "over the limit, announced",
                        Buffer.buffer().appendByte((byte) 0).appendInt(17 * MIB).getBytes(),
                        3),
                bad("over the limit, sent", GrpcClient.frame(new byte[17 * MIB]), 3),
                Arguments.of("another method", "/grpc.health.v1.Health/Check", ONE, NO_HEADERS, 12),
                Arguments.of("another service", "/", ONE, NO_HEADERS, 12));
    }

    private static Arguments bad(String name, byte[] body, int code, String... headers) {
        return Arguments.of(name, GrpcClient.TRACES, body, headers, code);
    }

    @Test
    void anUnknownEncodingIsAnsweredWithTheKnownOnes() {
        Answer answer = call(GrpcClient.frame(1, new byte[10]), "grpc-encoding", "snappy");
        assertThat(answer.headers().get("grpc-accept-encoding"))
                .contains("identity")
                .contains("gzip");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/grpc-web+proto", "application/grpc+json"})
    void anotherFormIsNoCall(String contentType) {
        Answer answer = call(ONE, "content-type", contentType);
        assertThat(answer.http()).isEqualTo(415);
        assertThat(answer.status()).isEqualTo(-1);
    }

    @Test
    void anExporterForHttpIsToldThatThisIsTheWrongPort() {
        URI uri = URI.create("http://127.0.0.1:" + edge.ingest().grpcPort() + "/v1/traces");
        HttpResponse<byte[]> answer = edge.send(HttpRequest.newBuilder(uri)
                .header("Content-Type", Edge.PROTOBUF)
                .POST(BodyPublishers.ofByteArray(ONE))
                .build());
        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(Edge.json(answer).getString("detail")).contains("gRPC");
    }

    @Test
    void callsAreCounted() {
        call(ONE);
        client.call("/nothing", ONE);
        await().atMost(Duration.ofSeconds(100))
                .until(
                        () -> edge.metrics(),
                        metrics -> metrics.contains(
                                        "millrace_ingest_requests_total{endpoint=\"grpc_traces\",status=\"200\"}")
                                && metrics.contains(
                                        "millrace_ingest_requests_total{endpoint=\"grpc_other\",status=\"404\"}")
                                && metrics.contains("route=\"" + GrpcClient.TRACES + "\""));
    }

    private Answer call(byte[] body, String... headers) {
        return client.call(
                GrpcClient.TRACES,
                body,
                Stream.concat(Stream.of(key()), Stream.of(headers)).toArray(String[]::new));
    }

    private String[] key() {
        return new String[] {"x-api-key", tenant.secret()};
    }

    private List<ByteString> spanIds() {
        return tenant.spans().stream().map(SpanMessage::getSpanId).toList();
    }

    private static Span.Builder withoutIds() {
        return Otlp.span().clearTraceId().clearSpanId();
    }
}
