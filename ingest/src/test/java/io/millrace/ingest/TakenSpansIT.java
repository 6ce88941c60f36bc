package io.millrace.ingest;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.ingest.Kafka.LogEntry;
import io.millrace.schema.span.Mark;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.trace.v1.Span;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the items of a request that is taken, as the log shows it. */
@ExtendWith(EdgeExtension.class)
class TakenSpansIT {
    private static final long RECEIVED_NANOS = MILLISECONDS.toNanos(Edge.RECEIVED.toEpochMilli());
    private static final int ATTRIBUTE_LIMIT = 1 << 20;

    private final Tenant tenant = EdgeExtension.tenant();

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refusesAnItemAndKeepsItsNeighbours(String name, Span.Builder bad, String reason) throws Exception {
        Span.Builder before = Otlp.span();
        Span.Builder after = Otlp.span();

        HttpResponse<byte[]> answer = tenant.export(before, bad, after);

        assertThat(answer.statusCode()).isEqualTo(200);
        ExportTraceServiceResponse response = ExportTraceServiceResponse.parseFrom(answer.body());
        assertThat(response.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
        assertThat(response.getPartialSuccess().getErrorMessage()).contains(reason);
        assertThat(spanIds()).containsExactlyInAnyOrder(before.getSpanId(), after.getSpanId());
        List<LogEntry> log = tenant.log();
        assertThat(log).hasSize(1);
        assertThat(log.get(0).counts().getAccepted()).isEqualTo(2);
        assertThat(log.get(0).counts().getRefusedMap()).isEqualTo(Map.of(reason, 1));
    }

    static Stream<Arguments> refusesAnItemAndKeepsItsNeighbours() {
        return Stream.of(
                Arguments.of("no trace id", Otlp.span().clearTraceId(), "missing_id"),
                Arguments.of("no span id", Otlp.span().clearSpanId(), "missing_id"),
                Arguments.of("zeros as trace id", Otlp.span().setTraceId(zeros(16)), "missing_id"),
                Arguments.of("zeros as span id", Otlp.span().setSpanId(zeros(8)), "missing_id"),
                Arguments.of("a trace id of 15 bytes", Otlp.span().setTraceId(zeros(15)), "missing_id"),
                Arguments.of("1970", Otlp.span().setStartTimeUnixNano(1).setEndTimeUnixNano(2), "too_old"),
                Arguments.of(
                        "a day before the retention",
                        Otlp.span().setEndTimeUnixNano(RECEIVED_NANOS - DAYS.toNanos(31)),
                        "too_old"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void takesAnOddItem(String name, Span.Builder odd, int mark) {
        assertThat(tenant.export(odd, Otlp.span()).statusCode()).isEqualTo(200);

        assertThat(tenant.spans()).hasSize(2);
        SpanMessage stored = span(odd.getSpanId());
        assertThat(stored.getMarks() & mark).isEqualTo(mark);
    }

    static Stream<Arguments> takesAnOddItem() {
        return Stream.of(
                Arguments.of(
                        "end before start",
                        Otlp.span().setStartTimeUnixNano(RECEIVED_NANOS),
                        Mark.END_BEFORE_START.bit()),
                Arguments.of("the year 2100", Otlp.span().setEndTimeUnixNano(4_102_444_800_000_000_000L), 0),
                Arguments.of("NaN tokens", withTokens(Double.NaN), 0),
                Arguments.of("negative tokens", withTokens(-5), 0),
                Arguments.of(
                        "an attribute of 10 MB",
                        Otlp.span().addAttributes(Otlp.attribute("big", "x".repeat(10_000_000))),
                        Mark.TRUNCATED.bit()),
                Arguments.of("a link of nothing", Otlp.span().addLinks(Span.Link.getDefaultInstance()), 0));
    }

    @Test
    void replacesBytesThatAreNoUtf8() {
        byte[] body = Otlp.request(Otlp.span().setName("a~b"), Otlp.span());
        for (int i = 1; i < body.length - 1; i++) {
            // Not the bytes of a time, which may be any.
            body[i] = body[i - 1] == 'a' && body[i] == '~' && body[i + 1] == 'b' ? (byte) 0xff : body[i];
        }

        assertThat(tenant.post("/v1/traces", Edge.PROTOBUF, body).statusCode()).isEqualTo(200);

        List<SpanMessage> spans = tenant.spans();
        assertThat(spans.get(0).getName()).isEqualTo("a\ufffdb");
        assertThat(Mark.BAD_UTF8.in(spans.get(0).getMarks())).isTrue();
        assertThat(spans.get(1).getMarks()).isZero();
    }

    @Test
    void cutsWhatIsTooLong() {
        Memory before = Memory.now();
        tenant.export(Otlp.span().addAttributes(Otlp.attribute("big", "x".repeat(10_000_000))));
        assertThat(tenant.spans().get(0).getBody().size()).isBetween(ATTRIBUTE_LIMIT, ATTRIBUTE_LIMIT + 1000);
        await().atMost(Duration.ofSeconds(100))
                .until(() -> EdgeExtension.edge().ingest().inFlightBytes() == 0);
        before.isBackAfter("an attribute of 10 MB", 32 << 20);
    }

    @Test
    void unknownTokensAreNoTokens() {
        Span.Builder odd = withTokens(Double.NaN);
        tenant.export(odd);
        assertThat(span(odd.getSpanId()).getUsage().getInput()).isZero();
    }

    @Test
    void takesAHundredThousandSpansAndNotOneMore() {
        Span.Builder[] spans =
                IntStream.range(0, 100_000).mapToObj(i -> Otlp.span()).toArray(Span.Builder[]::new);

        byte[] body = Otlp.gzip(Otlp.request(spans));
        Memory before = Memory.now();
        HttpResponse<byte[]> answer = tenant.post("/v1/traces", Edge.PROTOBUF, body, "Content-Encoding", "gzip");

        assertThat(answer.statusCode()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(100))
                .until(() -> EdgeExtension.edge().ingest().inFlightBytes() == 0);
        before.isBackAfter("a body of 100,000 spans", 32 << 20);
        Set<ByteString> expected = new HashSet<>();
        Stream.of(spans).forEach(span -> expected.add(span.getSpanId()));
        assertThat(new HashSet<>(spanIds())).isEqualTo(expected);
        List<LogEntry> log = tenant.log();
        assertThat(log)
                .hasSizeGreaterThan(5)
                .allSatisfy(entry ->
                        assertThat(entry.record().serializedValueSize()).isLessThanOrEqualTo(1 << 20));
        assertThat(log.stream().mapToInt(entry -> entry.counts().getAccepted()).sum())
                .isEqualTo(100_000);

        byte[] more = Otlp.request(
                Stream.concat(Stream.of(spans), Stream.of(Otlp.span())).toArray(Span.Builder[]::new));
        assertThat(tenant.post("/v1/traces", Edge.PROTOBUF, more).statusCode()).isEqualTo(413);
    }

    @Test
    void aRecordSaysWhenItCameAndWhatItAnswersFor() {
        tenant.export(Otlp.span(), Otlp.span());

        LogEntry entry = tenant.log().get(0);

        assertThat(entry.record().timestamp()).isEqualTo(Edge.RECEIVED.toEpochMilli());
        assertThat(entry.record().key()).isNull();
        assertThat(entry.batch().getReceivedAtMillis()).isEqualTo(Edge.RECEIVED.toEpochMilli());
        assertThat(entry.batch().getDialect()).isEqualTo("otlp");
        assertThat(entry.batch().getOrigins(0).getServiceName()).isEqualTo("test");
        assertThat(entry.counts().getAccepted()).isEqualTo(2);
    }

    @Test
    void aRequestOfWhichNothingIsTakenStillCounts() {
        HttpResponse<byte[]> answer =
                tenant.export(Otlp.span().setStartTimeUnixNano(1).setEndTimeUnixNano(2));

        assertThat(answer.statusCode()).isEqualTo(200);
        List<LogEntry> log = tenant.log();
        assertThat(log).hasSize(1);
        assertThat(log.get(0).record().serializedValueSize()).isZero();
        assertThat(log.get(0).counts().getRefusedMap()).isEqualTo(Map.of("too_old", 1));
    }

    @Test
    void logsOfNoSpanAndMetricsAreCountedAndNotKept() {
        byte[] logs = ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .addScopeLogs(ScopeLogs.newBuilder()
                                .addLogRecords(LogRecord.newBuilder().setTimeUnixNano(1))
                                .addLogRecords(LogRecord.newBuilder().setEventName("gen_ai.choice"))
                                .addLogRecords(LogRecord.newBuilder().setTimeUnixNano(2))))
                .build()
                .toByteArray();
        String metrics = "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"a\"},"
                + "{\"name\":\"b\",\"sum\":{\"dataPoints\":[{},{}]}},{\"name\":\"c\"}]}]}]}";

        assertThat(tenant.post("/v1/logs", Edge.PROTOBUF, logs).statusCode()).isEqualTo(200);
        assertThat(tenant.post("/v1/metrics", Edge.JSON, metrics.getBytes(StandardCharsets.UTF_8))
                        .statusCode())
                .isEqualTo(200);

        assertThat(tenant.log())
                .extracting(entry -> entry.counts().getIgnoredMap())
                .containsExactlyInAnyOrder(Map.of("not_a_span", 2, "logs_not_joined", 1), Map.of("metric", 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/traces",
                "/v1/traces/?beta=true&x=%20",
                "//otel//v1/traces",
                "/api/public/otel/v1/traces",
                "/some/prefix/v1/traces"
            })
    void takesEveryPathThatClientsUse(String path) {
        Span.Builder span = Otlp.span();
        assertThat(tenant.post(path, Edge.PROTOBUF + "; charset=utf-8", Otlp.request(span))
                        .statusCode())
                .isEqualTo(200);
        assertThat(spanIds()).containsExactly(span.getSpanId());
    }

    @Test
    void takesEveryFormOfKeyAndEncoding() {
        byte[] body = Otlp.request(Otlp.span());
        String basic = Base64.getEncoder()
                .encodeToString(("pk-mr-" + tenant.project() + ":" + tenant.secret()).getBytes(StandardCharsets.UTF_8));
        Edge edge = EdgeExtension.edge();
        assertThat(List.of(
                        edge.post("/v1/traces", Edge.PROTOBUF, body, "Authorization", "Basic " + basic),
                        edge.post("/v1/traces", Edge.PROTOBUF, body, "Authorization", "", "x-api-key", tenant.secret()),
                        tenant.post("/v1/traces", Edge.PROTOBUF, Otlp.gzip(body), "Content-Encoding", "gzip"),
                        tenant.post("/v1/traces", Edge.PROTOBUF, Zstd.compress(body), "Content-Encoding", "ZSTD"),
                        tenant.post("/v1/traces", Edge.PROTOBUF, body, "Content-Encoding", "identity")))
                .allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(200));
        assertThat(tenant.spans()).hasSize(5);
    }

    @Test
    void aNativeAnswerNamesWhatIsRefused() {
        String end = Edge.RECEIVED.toString();
        String body = "[{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"id\":\"b7ad6b7169203331\",\"name\":\"a\","
                + "\"start\":\"" + end + "\",\"end\":\"" + end + "\"},{\"name\":\"no ids\",\"end\":\"" + end + "\"}]";

        HttpResponse<byte[]> answer = tenant.post("/v1/spans", Edge.JSON, body.getBytes(StandardCharsets.UTF_8));

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonObject json = Edge.json(answer);
        assertThat(json.getInteger("accepted")).isEqualTo(1);
        JsonArray refused = json.getJsonArray("refused");
        assertThat(refused).hasSize(1);
        assertThat(refused.getJsonObject(0).getInteger("index")).isEqualTo(1);
        assertThat(refused.getJsonObject(0).getString("reason")).isEqualTo("missing_id");
        assertThat(tenant.spans()).extracting(SpanMessage::getName).containsExactly("a");
    }

    @Test
    void countsWhatItTook() {
        double before = sample("millrace_ingest_items_total{reason=\"\",result=\"accepted\"}");
        tenant.export(Otlp.span(), Otlp.span(), Otlp.span());
        assertThat(sample("millrace_ingest_items_total{reason=\"\",result=\"accepted\"}"))
                .isEqualTo(before + 3);
        assertThat(sample("millrace_ingest_in_flight_bytes{holder=\"requests\"}"))
                .isZero();
        assertThat(sample("millrace_ingest_in_flight_bytes{holder=\"log\"}")).isZero();
    }

    private static double sample(String series) {
        return EdgeExtension.edge()
                .metrics()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElseThrow();
    }

    private List<ByteString> spanIds() {
        return tenant.spans().stream().map(SpanMessage::getSpanId).toList();
    }

    private SpanMessage span(ByteString id) {
        return tenant.spans().stream()
                .filter(span -> span.getSpanId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static Span.Builder withTokens(double tokens) {
        return Otlp.span()
                .addAttributes(Otlp.attribute("gen_ai.operation.name", "chat"))
                .addAttributes(KeyValue.newBuilder()
                        .setKey("gen_ai.usage.input_tokens")
                        .setValue(AnyValue.newBuilder().setDoubleValue(tokens)));
    }

    private static ByteString zeros(int n) {
        return ByteString.copyFrom(new byte[n]);
    }
}
