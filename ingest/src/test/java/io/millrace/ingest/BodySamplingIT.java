package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import io.millrace.schema.span.Mark;
import io.millrace.schema.wire.DetectorRule;
import io.millrace.schema.wire.MaskingEntry;
import io.millrace.schema.wire.SpanBody;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the log holds of spans whose traces are not in their project's sample. */
@ExtendWith(EdgeExtension.class)
class BodySamplingIT {
    private static final String MAIL = "jane@example.com";

    private final Tenant tenant = EdgeExtension.tenant();

    @Test
    void bodiesOfTracesOutOfTheSampleAreNotInTheLog() throws Exception {
        samples(0.45, true);
        double before = thinned();

        // By the table of rates in BodySamplingTest: in the sample from 0.13, 0.16, 0.45, 0.52, 0.46 and 0.19 on.
        for (int trace = 1; trace <= 6; trace++) {
            export(span(trace).addAttributes(Otlp.attribute("gen_ai.input.messages", "said " + trace)));
        }
        export(span(4).setSpanId(Otlp.spanId(40))
                .setStatus(Status.newBuilder().setCodeValue(2).setMessage("broke"))
                .addAttributes(Otlp.attribute("gen_ai.input.messages", "said of the error")));

        List<SpanMessage> spans = tenant.spans();
        assertThat(spans).hasSize(7);
        for (SpanMessage span : spans) {
            long trace = trace(span);
            boolean failed = span.getStatus() == 2;
            boolean kept = trace == 1 || trace == 2 || trace == 6 || failed;
            assertThat(SpanBody.parseFrom(span.getBody()).getInput())
                    .isEqualTo(kept ? failed ? "said of the error" : "said " + trace : "");
            assertThat(Mark.SAMPLED_OUT.in(span.getMarks())).isNotEqualTo(kept);
            assertThat(span.getName()).isEqualTo("chat");
            assertThat(span.getUsage().getInput()).isEqualTo(11);
        }
        assertThat(thinned() - before).isEqualTo(3.0);
    }

    @Test
    void everyPathIsThinned() throws Exception {
        samples(0, false);
        String time = Edge.RECEIVED.minusSeconds(1).toString();
        String id = "0af7651916cd43dd8448eb211c80319c";

        export(span(9).addAttributes(Otlp.attribute("gen_ai.input.messages", "said")));
        try (GrpcClient client = new GrpcClient(EdgeExtension.edge().ingest().grpcPort())) {
            byte[] message = Otlp.request(span(10).addAttributes(Otlp.attribute("gen_ai.output.messages", "said")));
            assertThat(client.call(GrpcClient.TRACES, GrpcClient.frame(message), "x-api-key", tenant.secret())
                            .status())
                    .isZero();
        }
        post("/v1/spans", 200, """
                [{"trace_id": "%1$s", "id": "b7ad6b7169203331", "name": "n", "start": "%2$s", "end": "%2$s",
                  "input": "said", "attributes": {"a": "said"}}]""".formatted(id, time));
        post("/api/public/ingestion", 207, """
                {"batch": [
                  {"id": "1", "type": "trace-create", "timestamp": "%2$s", "body": {"id": "%1$s", "input": "said"}},
                  {"id": "2", "type": "generation-create", "timestamp": "%2$s", "body":
                    {"id": "g", "traceId": "%1$s", "output": "said", "statusMessage": "said", "metadata": {"m": "said"}}}
                ]}""".formatted(id, time));
        post("/runs/batch", 202, """
                {"post": [{"id": "%1$s", "trace_id": "%1$s", "name": "r", "run_type": "chain", "start_time": "%2$s",
                  "end_time": "%2$s", "inputs": {"q": "said"}, "outputs": {"a": "said"}}]}""".formatted(id, time));
        post("/v1/logs", 200, """
                {"resourceLogs": [{"scopeLogs": [{"logRecords": [
                  {"timeUnixNano": "7", "eventName": "gen_ai.user.message", "traceId": "%1$s", "spanId": "b7ad6b7169203331",
                    "body": {"stringValue": "said"}}]}]}]}""".formatted(id));

        List<SpanMessage> spans = tenant.spans();
        assertThat(spans).hasSize(7);
        for (SpanMessage span : spans) {
            assertThat(new String(span.toByteArray(), StandardCharsets.UTF_8)).doesNotContain("said");
            assertThat(Mark.SAMPLED_OUT.in(span.getMarks())).isTrue();
        }
    }

    @Test
    void nothingDurableHoldsWhatIsToBeMaskedInABodyKeptForItsError() throws Exception {
        EdgeExtension.kafka()
                .masking(
                        tenant.project(),
                        MaskingEntry.newBuilder()
                                .addDetectors(DetectorRule.newBuilder()
                                        .setDetector(Detector.EMAIL.code())
                                        .setAction(MaskAction.MASK.code())));
        samples(0, true);

        export(span(11).setStatus(Status.newBuilder().setCodeValue(2).setMessage("no such user as " + MAIL))
                .addAttributes(Otlp.attribute("gen_ai.input.messages", "who is " + MAIL)));
        export(span(12).addAttributes(Otlp.attribute("gen_ai.input.messages", "who is " + MAIL)));

        List<SpanMessage> spans = tenant.spans();
        assertThat(spans).hasSize(2);
        for (SpanMessage span : spans) {
            SpanBody body = SpanBody.parseFrom(span.getBody());
            boolean failed = trace(span) == 11;
            assertThat(body.getInput()).isEqualTo(failed ? "who is [EMAIL]" : "");
            assertThat(body.getStatusMessage()).isEqualTo(failed ? "no such user as [EMAIL]" : "");
            assertThat(new String(span.toByteArray(), StandardCharsets.UTF_8)).doesNotContain(MAIL);
        }
    }

    /** Returns when the edge has the setting. */
    private void samples(double rate, boolean keepErrors) {
        EdgeExtension.kafka().sampling(tenant.project(), rate, keepErrors);
        String after = "sk-mr-after-" + tenant.project();
        EdgeExtension.kafka().key("after-" + tenant.project(), tenant.project(), "pk", after, List.of("ingest"));
        // Entries are applied in their order: whoever knows the later key knows the setting.
        await().atMost(Duration.ofSeconds(100))
                .until(
                        () -> EdgeExtension.edge()
                                .post("/v1/traces", Edge.PROTOBUF, Otlp.request(), "Authorization", "Bearer " + after)
                                .statusCode(),
                        status -> status == 200);
    }

    private static long trace(SpanMessage span) {
        return span.getTraceId().asReadOnlyByteBuffer().getLong(8);
    }

    private static Span.Builder span(long trace) {
        return Otlp.span()
                .setTraceId(ByteString.copyFrom(
                        ByteBuffer.allocate(16).putLong(0).putLong(trace).array()))
                .addAttributes(Otlp.attribute("gen_ai.operation.name", "chat"))
                .addAttributes(Otlp.attribute("gen_ai.usage.input_tokens", 11));
    }

    private void export(Span.Builder span) {
        assertThat(tenant.export(span).statusCode()).isEqualTo(200);
    }

    private void post(String path, int status, String json) {
        var answer = tenant.post(path, Edge.JSON, json.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(status);
    }

    private static double thinned() {
        return EdgeExtension.edge()
                .metrics()
                .lines()
                .filter(line -> line.startsWith("millrace_ingest_bodies_thinned_total "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }
}
