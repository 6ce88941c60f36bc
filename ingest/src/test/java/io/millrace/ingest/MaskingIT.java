package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import io.millrace.schema.span.Mark;
import io.millrace.schema.wire.DetectorRule;
import io.millrace.schema.wire.KeyValue;
import io.millrace.schema.wire.MaskingEntry;
import io.millrace.schema.wire.PatternRule;
import io.millrace.schema.wire.SpanBody;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the log holds of texts that a project wants masked. */
@ExtendWith(EdgeExtension.class)
class MaskingIT {
    private static final String CARD = "4242424242424242";
    private static final String MAIL = "jane@example.com";

    private final Tenant tenant = EdgeExtension.tenant();

    @Test
    void nothingDurableHoldsWhatIsToBeMaskedOnAnyPath() throws Exception {
        masks(rules(Detector.EMAIL, MaskAction.MASK, Detector.PAYMENT_CARD, MaskAction.HASH)
                .addPatterns(PatternRule.newBuilder()
                        .setName("order")
                        .setPattern("ORD-[0-9]+")
                        .setAction(MaskAction.MASK.code())));
        String text = "pay ORD-77 with " + CARD + " for " + MAIL;

        export(() -> Otlp.span()
                .setName(text)
                .addAttributes(Otlp.attribute("gen_ai.input.messages", text))
                .addAttributes(Otlp.attribute("custom", text))
                .addEvents(Span.Event.newBuilder().setName("e").addAttributes(Otlp.attribute("note", text))));
        HttpResponse<byte[]> json = tenant.post(
                "/v1/spans",
                Edge.JSON,
                ("""
                [{"trace_id": "0af7651916cd43dd8448eb211c80319c", "id": "b7ad6b7169203331",
                  "name": "n", "start": "%1$s", "end": "%1$s", "input": "%2$s", "attributes": {"a": "%2$s"}}]""".formatted(Edge.RECEIVED.minusSeconds(1), text)).getBytes(StandardCharsets.UTF_8));
        assertThat(json.statusCode())
                .as(new String(json.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);

        HttpResponse<byte[]> langfuse = tenant.post(
                "/api/public/ingestion",
                Edge.JSON,
                ("""
                {"batch": [
                  {"id": "1", "type": "trace-create", "timestamp": "%1$s", "body":
                    {"id": "%2$s", "name": "%2$s", "userId": "%2$s", "input": {"q": ["%2$s"]}, "tags": ["%2$s"]}},
                  {"id": "2", "type": "generation-update", "timestamp": "%1$s", "body":
                    {"id": "%2$s", "traceId": "%2$s", "output": "%2$s", "statusMessage": "%2$s", "model": "%2$s",
                     "environment": "%2$s", "modelParameters": {"stop": "%2$s"}, "metadata": {"a": {"b": "%2$s"}}, "x": "%2$s"}},
                  {"id": "3", "type": "score-create", "timestamp": "%1$s", "body":
                    {"id": "%2$s", "traceId": "%2$s", "name": "%2$s", "value": "%2$s", "metadata": {"m": ["%2$s"]}}}
                ]}""".formatted(Edge.RECEIVED.minusSeconds(1), text)).getBytes(StandardCharsets.UTF_8));
        assertThat(langfuse.statusCode())
                .as(new String(langfuse.body(), StandardCharsets.UTF_8))
                .isEqualTo(207);

        LogRecord.Builder event = LogRecord.newBuilder()
                .setEventName("gen_ai.user.message")
                .setTraceId(Otlp.span().getTraceId())
                .setSpanId(Otlp.spanId(1))
                .setBody(AnyValue.newBuilder().setStringValue(text));
        byte[] logs = ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .addScopeLogs(ScopeLogs.newBuilder().addLogRecords(event)))
                .build()
                .toByteArray();
        assertThat(tenant.post("/v1/logs", Edge.PROTOBUF, logs).statusCode()).isEqualTo(200);

        List<SpanMessage> spans = tenant.spans();
        assertThat(spans).hasSize(6);
        for (SpanMessage span : spans) {
            String all = new String(span.toByteArray(), StandardCharsets.UTF_8);
            assertThat(all).doesNotContain(CARD, MAIL, "ORD-77").contains("[EMAIL]", "[PAYMENT_CARD:", "[ORDER]");
            assertThat(Mark.MASKED.in(span.getMarks())).isTrue();
        }
        assertThat(spans)
                .extracting(SpanMessage::getName)
                .anyMatch(name -> name.matches("pay \\[ORDER] with \\[PAYMENT_CARD:[0-9a-f]{16}] for \\[EMAIL]"));
    }

    @Test
    void aTextWithNothingToHideIsAsItWas() throws Exception {
        masks(rules(Detector.EMAIL, MaskAction.MASK));
        export(() -> Otlp.span().addAttributes(Otlp.attribute("custom", "nothing here")));
        SpanMessage span = tenant.spans().get(0);
        assertThat(Mark.MASKED.in(span.getMarks())).isFalse();
        assertThat(body(span).getAttributes(0).getValue().getStringValue()).isEqualTo("nothing here");
    }

    @Test
    void aFieldOrThePayloadIsDropped() throws Exception {
        masks(rules(Detector.EMAIL, MaskAction.DROP_FIELD, Detector.PAYMENT_CARD, MaskAction.DROP_PAYLOAD));
        export(() -> Otlp.span()
                .addAttributes(Otlp.attribute("custom", "of " + MAIL))
                .addAttributes(Otlp.attribute("other", "stays")));
        export(() -> Otlp.span()
                .setName("kept")
                .addAttributes(Otlp.attribute("gen_ai.input.messages", "some text"))
                .addAttributes(Otlp.attribute("gen_ai.request.model", "gpt-4o-mini"))
                .addAttributes(Otlp.attribute("custom", "card " + CARD)));

        // The two requests may be in different partitions.
        SpanBody field = body(named("chat"));
        assertThat(field.getAttributesList())
                .extracting(attribute -> attribute.getValue().getStringValue())
                .containsExactly("[dropped]", "stays");
        SpanMessage payload = named("kept");
        assertThat(payload.getRequestModel()).isEqualTo("gpt-4o-mini");
        assertThat(body(payload).getInput()).isEmpty();
        assertThat(body(payload).getAttributesList()).isEmpty();
        assertThat(body(payload).getPayloadDropped()).isTrue();
        assertThat(field.getPayloadDropped()).isFalse();
    }

    private SpanMessage named(String name) {
        return tenant.spans().stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void attributesAreLeftOutOrKeptByTheirKeys() throws Exception {
        masks(rules(Detector.EMAIL, MaskAction.MASK)
                .addDeniedAttributes("http.request.header.*")
                .addDeniedAttributes("gen_ai.output.messages")
                .addAllowedAttributes("contact.public"));
        export(() -> Otlp.span()
                .addAttributes(Otlp.attribute("http.request.header.cookie", "id=1"))
                .addAttributes(Otlp.attribute("gen_ai.output.messages", "an answer"))
                .addAttributes(Otlp.attribute("contact.public", MAIL))
                .addAttributes(Otlp.attribute("contact.private", MAIL))
                .addEvents(Span.Event.newBuilder()
                        .setName("e")
                        .addAttributes(Otlp.attribute("http.request.header.cookie", "id=2"))));

        SpanMessage span = tenant.spans().get(0);
        assertThat(body(span).getOutput()).isEmpty();
        assertThat(body(span).getAttributesList())
                .extracting(KeyValue::getKey, attribute -> attribute.getValue().getStringValue())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("contact.public", MAIL),
                        org.assertj.core.groups.Tuple.tuple("contact.private", "[EMAIL]"));
        assertThat(body(span).getEvents(0).getAttributesList()).isEmpty();
    }

    @Test
    void rulesThatThisEdgeDoesNotKnowAreNotTakenForNone() {
        EdgeExtension.kafka()
                .masking(
                        tenant.project(),
                        MaskingEntry.newBuilder()
                                .addDetectors(DetectorRule.newBuilder()
                                        .setDetector(99)
                                        .setAction(1)));
        await().atMost(Duration.ofSeconds(100)).until(() -> tenant.export().statusCode(), status -> status == 503);
        EdgeExtension.kafka().masking(tenant.project(), MaskingEntry.newBuilder());
        await().atMost(Duration.ofSeconds(100)).until(() -> tenant.export().statusCode(), status -> status == 200);
    }

    /** Returns when the edge has the rules. */
    private void masks(MaskingEntry.Builder rules) {
        EdgeExtension.kafka().masking(tenant.project(), rules);
        EdgeExtension.kafka().key("after-" + tenant.project(), tenant.project(), "pk", after(), List.of("ingest"));
        // Entries are applied in their order: whoever knows the later key knows the rules.
        await().atMost(Duration.ofSeconds(100))
                .until(
                        () -> EdgeExtension.edge()
                                .post("/v1/traces", Edge.PROTOBUF, Otlp.request(), "Authorization", "Bearer " + after())
                                .statusCode(),
                        status -> status == 200);
    }

    private String after() {
        return "sk-mr-after-" + tenant.project();
    }

    private void export(Supplier<Span.Builder> span) {
        assertThat(tenant.export(span.get()).statusCode()).isEqualTo(200);
    }

    private static SpanBody body(SpanMessage span) throws Exception {
        return SpanBody.parseFrom(span.getBody());
    }

    private static MaskingEntry.Builder rules(Object... detectorsAndActions) {
        MaskingEntry.Builder rules = MaskingEntry.newBuilder();
        for (int i = 0; i < detectorsAndActions.length; i += 2) {
            rules.addDetectors(DetectorRule.newBuilder()
                    .setDetector(((Detector) detectorsAndActions[i]).code())
                    .setAction(((MaskAction) detectorsAndActions[i + 1]).code()));
        }
        return rules;
    }
}
