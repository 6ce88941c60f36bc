package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an instrumentation sent that puts prompts and answers into log events, and nowhere else: three chats of 120 tokens in
 * and 42 out with OpenAI, of which one was a call of a tool and one its result, a chat that failed, and an embedding of 8.
 */
@ExtendWith(SharedStack.class)
class LogEventsIT {
    private static final Duration AROUND = Duration.ofMinutes(2);
    static final String PROTOBUF = "application/x-protobuf";

    private static final String SYSTEM = "{\"role\":\"system\",\"content\":\"be nice\"}";
    private static final String QUESTION = "{\"role\":\"user\",\"content\":\"weather in Berlin?\"}";
    private static final String CALL = "\"tool_calls\":[{\"id\":\"call_abc123\",\"type\":\"function\",\"function\":"
            + "{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Berlin\\\"}\"}}]}";
    private static final String RESULT = "{\"role\":\"tool\",\"id\":\"call_abc123\",\"content\":\"{\\\"temp\\\":18}\"}";
    private static final String ANSWER = "[{\"role\":\"assistant\",\"finish_reason\":\"stop\",\"index\":0,"
            + "\"content\":\"It is 18°C and sunny.\"}]";

    /** By span: what went in and what came out. */
    private static final Map<String, List<String>> SAID = Map.of(
            "894ba9c25c62b4ac",
            List.of(
                    "[" + SYSTEM + "," + QUESTION + "]",
                    "[{\"role\":\"assistant\",\"finish_reason\":\"tool_calls\",\"index\":0," + CALL + "]"),
            "8f5736cbff927d8c",
            List.of("[" + SYSTEM + "," + QUESTION + ",{\"role\":\"assistant\"," + CALL + "," + RESULT + "]", ANSWER),
            "73f05b499b9f8981",
            List.of("[" + SYSTEM + "," + QUESTION + "]", ANSWER),
            "3e427d13ca9849b1",
            List.of("[{\"role\":\"user\",\"content\":\"FAIL\"}]", "null"));

    private static List<Sent> all;

    private record Sent(String name, Tenant tenant, String trace, Instant at) {
        @Override
        public String toString() {
            return name;
        }

        HttpRequest spans() {
            return tenant.otlp("/v1/traces", "x-api-key", PROTOBUF, LogEventsIT.spans(trace, at));
        }

        HttpRequest logs() {
            return tenant.otlp("/v1/logs", "x-api-key", PROTOBUF, LogEventsIT.logs(trace, at));
        }
    }

    @BeforeAll
    static void sendAll() {
        all = new ArrayList<>();
        Sent after = sent("log events after their spans");
        send(after, after.spans(), after.logs(), after.logs());
        Sent before = sent("log events before their spans");
        send(before, before.logs(), before.logs(), before.spans());
    }

    private static Sent sent(String name) {
        String trace = UUID.randomUUID().toString().replace("-", "");
        Sent sent = new Sent(name, Tenant.of(SharedStack.stack(), name), trace, Instant.now());
        all.add(sent);
        return sent;
    }

    private static void send(Sent sent, HttpRequest... requests) {
        for (HttpRequest request : requests) {
            sent.tenant().sendOnceKnown(request);
        }
    }

    static Stream<Sent> all() {
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everySpanHasWhatItsModelWasAskedAndWhatItAnswered(Sent sent) {
        Tenant.eventually().untilAsserted(() -> {
            Map<String, List<String>> said = new TreeMap<>();
            for (JsonNode span : sent.tenant().trace(sent.trace()).required("spans")) {
                if (!span.required("input").isNull() || !span.required("output").isNull()) {
                    said.put(
                            span.required("id").textValue(),
                            List.of(
                                    span.required("input").toString(),
                                    span.required("output").toString()));
                }
            }
            assertThat(said).isEqualTo(SAID);
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void logEventsAddToNoCount(Sent sent) {
        Tenant.eventually().untilAsserted(() -> {
            JsonNode total = sent.tenant()
                    .total(
                            "spans,traces,errors,input_tokens,output_tokens",
                            sent.at().minus(AROUND),
                            sent.at().plus(AROUND));
            assertThat(total.path("spans").asLong()).isEqualTo(6);
            assertThat(total.required("traces").longValue()).isOne();
            assertThat(total.required("errors").longValue()).isOne();
            assertThat(total.required("input_tokens").longValue()).isEqualTo(3 * 120 + 8);
            assertThat(total.required("output_tokens").longValue()).isEqualTo(3 * 42);
            JsonNode traces = sent.tenant().get("/v1/traces").json().required("items");
            assertThat(traces).hasSize(1);
            assertThat(traces.get(0).required("state").textValue()).isEqualTo("settled");
            assertThat(traces.get(0).required("span_count").intValue()).isEqualTo(6);
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void theLedgerHasEveryRecord(Sent sent) {
        Tenant.eventually().untilAsserted(() -> {
            JsonNode ledger = sent.tenant().ledger();
            assertThat(ledger.required("accepted").longValue()).isEqualTo(6 + 2 * 12);
            assertThat(ledger.required("stored").longValue()).isEqualTo(6);
            assertThat(ledger.required("merged").longValue()).isEqualTo(12);
            assertThat(ledger.required("duplicate").longValue()).isEqualTo(12);
            assertThat(ledger.required("in_flight").longValue()).isZero();
            assertThat(ledger.required("ignored")).isEmpty();
            assertThat(ledger.required("balanced").booleanValue()).isTrue();
        });
    }

    @Test
    void recordsOfSpansThatNeverComeMakeNoTrace() {
        Sent sent = new Sent("alone", Tenant.of(SharedStack.stack(), "alone"), "1".repeat(32), Instant.now());
        send(sent, sent.logs());
        Tenant.eventually().untilAsserted(() -> {
            JsonNode ledger = sent.tenant().ledger();
            assertThat(ledger.required("merged").longValue()).isEqualTo(12);
            assertThat(ledger.required("in_flight").longValue()).isZero();
            assertThat(ledger.required("balanced").booleanValue()).isTrue();
        });
        assertThat(sent.tenant().get("/v1/traces").json().required("items")).isEmpty();
        assertThat(sent.tenant().get("/v1/traces/" + sent.trace()).status()).isEqualTo(404);
    }

    /** OpenTelemetry's evaluations, and LangSmith's feedback on a span that came whole. */
    @Test
    void whatIsThoughtOfASettledSpanIsShownWithIt() {
        OtlpRequest request = OtlpRequest.newTrace().root(Instant.now()).call(2, Instant.now(), 10);
        Tenant tenant = Tenant.of(SharedStack.stack(), "judged");
        tenant.sendOnceKnown(tenant.otlpJson(request.json()));
        Tenant.eventually()
                .until(() -> tenant.get("/v1/traces/" + request.trace()).text().contains("\"settled\""));
        tenant.send(tenant.otlp("/v1/logs", "x-api-key", "application/json", bytes("""
                {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"7","eventName":"gen_ai.evaluation.result",
                  "traceId":"%s","spanId":"0000000000000002","attributes":[
                    {"key":"gen_ai.evaluation.name","value":{"stringValue":"relevance"}},
                    {"key":"gen_ai.evaluation.score.value","value":{"doubleValue":0.75}}]}]}]}]}""".formatted(request.trace()))));
        tenant.send(tenant.otlp("/feedback", "x-api-key", "application/json", bytes("""
                {"run_id":"0000000000000002","trace_id":"%s","key":"thumbs","score":1}""".formatted(request.trace()))));

        Tenant.eventually().untilAsserted(() -> {
            JsonNode document = tenant.trace(request.trace());
            assertThat(document.required("spans")).hasSize(2);
            JsonNode span = document.required("spans").get(1);
            assertThat(span.required("id").textValue()).isEqualTo("0000000000000002");
            assertThat(span.required("events"))
                    .extracting(event -> event.required("name").textValue())
                    .containsExactlyInAnyOrder("score", "feedback");
            assertThat(document.toString())
                    .contains("{\"name\":\"relevance\",\"value\":0.75}")
                    .contains("\"key\":\"thumbs\"");
            JsonNode ledger = tenant.ledger();
            assertThat(ledger.required("stored").longValue()).isEqualTo(2);
            assertThat(ledger.required("merged").longValue()).isEqualTo(2);
            assertThat(ledger.required("balanced").booleanValue()).isTrue();
        });
    }

    static byte[] spans(String trace, Instant newest) {
        ExportTraceServiceRequest.Builder request;
        try {
            request = ExportTraceServiceRequest.newBuilder().mergeFrom(resource("001.bin"));
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
        List<Span.Builder> spans = request.getResourceSpansBuilderList().stream()
                .flatMap(resource -> resource.getScopeSpansBuilderList().stream())
                .flatMap(scope -> scope.getSpansBuilderList().stream())
                .toList();
        long shift = Capture.nanos(newest)
                - spans.stream()
                        .mapToLong(Span.Builder::getEndTimeUnixNano)
                        .max()
                        .orElseThrow();
        spans.forEach(span -> span.setTraceId(id(trace))
                .setStartTimeUnixNano(span.getStartTimeUnixNano() + shift)
                .setEndTimeUnixNano(span.getEndTimeUnixNano() + shift));
        return request.build().toByteArray();
    }

    static byte[] logs(String trace, Instant newest) {
        ExportLogsServiceRequest.Builder request;
        try {
            request = ExportLogsServiceRequest.newBuilder().mergeFrom(resource("002.bin"));
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
        List<LogRecord.Builder> records = request.getResourceLogsBuilderList().stream()
                .flatMap(resource -> resource.getScopeLogsBuilderList().stream())
                .flatMap(scope -> scope.getLogRecordsBuilderList().stream())
                .toList();
        long shift = Capture.nanos(newest)
                - records.stream()
                        .mapToLong(LogRecord.Builder::getTimeUnixNano)
                        .max()
                        .orElseThrow();
        records.forEach(record -> record.setTraceId(id(trace)).setTimeUnixNano(record.getTimeUnixNano() + shift));
        return request.build().toByteArray();
    }

    private static ByteString id(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] resource(String file) {
        String path = "/captures/otel-genai/" + file;
        try (InputStream in = Objects.requireNonNull(LogEventsIT.class.getResourceAsStream(path), path)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
