package io.millrace.ingest.span;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.Trials;
import io.millrace.ingest.langfuse.LangfuseEvents;
import io.millrace.ingest.langsmith.RunForm;
import io.millrace.ingest.langsmith.RunJson;
import io.millrace.ingest.nativespan.NativeSpans;
import io.millrace.ingest.otlp.Capture;
import io.millrace.ingest.otlp.OtlpEncoding;
import io.millrace.ingest.privacy.Masking;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.wire.SpanBody;
import io.millrace.schema.wire.SpanMessage;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of spans whose traces are not in the sample, over every dialect. */
final class ThinnedBodiesTest {
    private static final BodySampling NONE = new BodySampling(0, false);
    private static final BodySampling ERRORS = new BodySampling(0, true);
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private static final String SPAN = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{
                "traceId":"%s","spanId":"b7ad6b7169203331","name":"name hunter2",
                "startTimeUnixNano":"1795211985359000000","endTimeUnixNano":"1795211985360000000",
                "attributes":[
                  {"key":"user.id","value":{"stringValue":"user hunter2"}},
                  {"key":"gen_ai.usage.input_tokens","value":{"intValue":"7"}},
                  {"key":"gen_ai.input.messages","value":{"stringValue":"in hunter2"}},
                  {"key":"gen_ai.output.messages","value":{"stringValue":"out hunter2"}},
                  {"key":"gen_ai.response.finish_reasons","value":{"arrayValue":{"values":[{"stringValue":"stop"}]}}},
                  {"key":"custom","value":{"stringValue":"custom hunter2"}}],
                "events":[{"name":"event hunter2","timeUnixNano":"1795211985359000001"}],
                "status":{"code":%d,"message":"status hunter2"}}]}]}]}
            """;

    /** Hides a word, and remembers what it was shown. */
    private static final class Watched implements Masking {
        private final List<String> seen = new ArrayList<>();

        @Override
        public Masked mask(byte[] utf8, int from, int to) {
            String text = new String(utf8, from, to - from, StandardCharsets.UTF_8);
            seen.add(text);
            return new Masked(text.replace("hunter2", "***").getBytes(StandardCharsets.UTF_8), false);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "otel-proto/001",
                "openinference/001",
                "langsmith-otel/001",
                "otel-genai/001",
                "otel-json/001",
                "vercel-ai/001",
                "vercel-ai-v4/001",
                "langfuse-v5/001",
                "langfuse-v3/001",
                "langfuse-v3/002",
                "langsmith-batch/002",
                "langsmith-multipart/002",
            })
    void factsAreTheSameAndPayloadsAreGone(String recording) throws Exception {
        DecodedRequest whole = decode(recording, BodySampling.ALL);
        DecodedRequest thinned = decode(recording, NONE);
        DecodedRequest errors = decode(recording, ERRORS);

        assertThat(whole.spans()).isNotEmpty();
        assertThat(thinned.request().refusedByReason())
                .isEqualTo(whole.request().refusedByReason());
        assertThat(thinned.spans()).hasSameSizeAs(whole.spans());
        int lost = 0;
        for (int i = 0; i < whole.spans().size(); i++) {
            DecodedRequest.Span before = whole.spans().get(i);
            DecodedRequest.Span after = thinned.spans().get(i);
            assertThat(fact(after.message())).isEqualTo(fact(before.message()));
            assertThat(after.origin()).isEqualTo(before.origin());
            boolean score = before.body().getEventsList().stream()
                    .anyMatch(event -> event.getName().equals("score"));
            assertThat(after.body()).isEqualTo(score ? before.body() : withoutPayload(before.body()));
            boolean hadPayload = !after.body().equals(before.body());
            assertThat(after.marks().contains("sampled_out")).isEqualTo(hadPayload);
            lost += hadPayload ? 1 : 0;
            boolean failed = before.message().getStatus() == SpanStatus.ERROR.code();
            assertThat(errors.spans().get(i).message()).isEqualTo((failed ? before : after).message());
        }
        assertThat(lost).isPositive();
        assertThat(thinned.request().thinned()).isEqualTo(lost);
        assertThat(whole.request().thinned()).isZero();
    }

    private static DecodedRequest decode(String recording, BodySampling sampling) throws MalformedEnvelope {
        byte[] body = Capture.bytes(recording + ".bin");
        JsonObject request =
                new JsonObject(new String(Capture.bytes(recording + ".headers.json"), StandardCharsets.UTF_8));
        String type = request.getJsonObject("headers").getString("content-type");
        RequestContext context = DecodedRequest.context(SpanLimits.DEFAULT, Masking.NONE, sampling);
        if (recording.startsWith("langfuse-v3")) {
            return new DecodedRequest(LangfuseEvents.decode(body, 0, body.length, context));
        }
        if (recording.startsWith("langsmith-batch")) {
            return new DecodedRequest(RunJson.batch(body, 0, body.length, context));
        }
        if (recording.startsWith("langsmith-multipart")) {
            String boundary = String.valueOf(RunForm.boundary(type));
            return new DecodedRequest(RunForm.decode(body, 0, body.length, boundary, context));
        }
        OtlpEncoding encoding = type.contains("protobuf") ? OtlpEncoding.PROTOBUF : OtlpEncoding.JSON;
        return new DecodedRequest(encoding.decode(body, 0, body.length, context));
    }

    private static SpanMessage fact(SpanMessage message) {
        return message.toBuilder()
                .clearBody()
                .clearContentHash()
                .setMarks(message.getMarks() & ~Mark.SAMPLED_OUT.bit())
                .build();
    }

    private static SpanBody withoutPayload(SpanBody body) {
        return body.toBuilder()
                .clearInput()
                .clearOutput()
                .clearAttributes()
                .clearEvents()
                .clearLinks()
                .clearStatusMessage()
                .build();
    }

    @Test
    void whatIsNotKeptIsNotMasked() throws MalformedEnvelope {
        Watched masking = new Watched();

        DecodedRequest.Span span = new DecodedRequest(otlp(TRACE, 1, masking, ERRORS)).only();

        assertThat(masking.seen)
                .contains("name hunter2", "user hunter2")
                .doesNotContain("in hunter2", "out hunter2", "status hunter2");
        assertThat(span.message().toString()).doesNotContain("hunter2").contains("name ***", "user ***");
        assertThat(span.body())
                .isEqualTo(SpanBody.newBuilder().addFinishReasons("stop").build());
        assertThat(span.usage()).containsEntry("input", 7L);
    }

    @Test
    void whatIsKeptForItsErrorIsMasked() throws MalformedEnvelope {
        DecodedRequest.Span span = new DecodedRequest(otlp(TRACE, 2, new Watched(), ERRORS)).only();

        assertThat(span.body().toString()).doesNotContain("hunter2");
        assertThat(span.body().getInput()).isEqualTo("in ***");
        assertThat(span.body().getOutput()).isEqualTo("out ***");
        assertThat(span.body().getStatusMessage()).isEqualTo("status ***");
        assertThat(span.marks()).contains("masked").doesNotContain("sampled_out");
    }

    @Test
    void nothingThatIsWrittenHoldsTheUnmaskedTextWhateverTheSample() {
        Trials.run(500, random -> {
            TraceId trace = new TraceId(random.nextLong(), random.nextLong() | 1);
            BodySampling sampling = new BodySampling(random.nextDouble(), random.nextBoolean());
            int status = random.nextInt(3);
            try {
                DecodedRequest.Span span =
                        new DecodedRequest(otlp(trace.toString(), status, new Watched(), sampling)).only();
                boolean kept = sampling.keeps(trace.high(), trace.low()) || status == 2 && sampling.keepsErrors();
                assertThat(new String(span.message().toByteArray(), StandardCharsets.ISO_8859_1))
                        .doesNotContain("hunter2");
                assertThat(span.body().getInput()).isEqualTo(kept ? "in ***" : "");
                assertThat(span.marks().contains("sampled_out")).isNotEqualTo(kept);
            } catch (MalformedEnvelope malformed) {
                throw new AssertionError(malformed);
            }
        });
    }

    @Test
    void aSpanThatWouldBeRefusedStillIs() throws MalformedEnvelope {
        SpanLimits limits = new SpanLimits(1000, 100, 700, 1 << 20, 1 << 20, 30, 64, 10, 100_000);
        byte[] body =
                SPAN.formatted(TRACE, 1).replace("in hunter2", "x".repeat(700)).getBytes(StandardCharsets.UTF_8);
        for (Masking masking : List.of(Masking.NONE, new Watched())) {
            RequestSpans spans =
                    OtlpEncoding.JSON.decode(body, 0, body.length, DecodedRequest.context(limits, masking, NONE));
            assertThat(spans.accepted()).isZero();
            assertThat(spans.refusedByReason()).containsOnlyKeys(RefusalReason.TOO_LARGE);
        }
    }

    @Test
    void nativeSpansAreThinnedInWhicheverOrderTheirMembersCome() throws MalformedEnvelope {
        byte[] body = """
                [{"input": "in", "trace_id": "%1$s", "id": "b7ad6b7169203331", "name": "n",
                  "start": "2026-11-20T22:00:00Z", "end": "2026-11-20T22:00:01Z", "output": "out"},
                 {"status": "error", "input": "in", "trace_id": "%1$s", "id": "b7ad6b7169203332", "name": "n",
                  "start": "2026-11-20T22:00:00Z", "end": "2026-11-20T22:00:01Z"}]""".formatted(TRACE).getBytes(StandardCharsets.UTF_8);

        DecodedRequest request = new DecodedRequest(NativeSpans.decode(
                body, 0, body.length, false, DecodedRequest.context(SpanLimits.DEFAULT, Masking.NONE, ERRORS)));

        assertThat(request.spans().get(0).body()).isEqualTo(SpanBody.getDefaultInstance());
        assertThat(request.spans().get(1).body().getInput()).isEqualTo("in");
        assertThat(request.request().thinned()).isEqualTo(1);
    }

    /** What is made of them one day counts: they are no payload. */
    @Test
    void scoresAndFeedbackAreKept() throws MalformedEnvelope {
        RequestContext context = DecodedRequest.context(SpanLimits.DEFAULT, Masking.NONE, NONE);
        byte[] score = """
                {"id": "s", "traceId": "%s", "name": "helpful", "value": 1}""".formatted(TRACE).getBytes(StandardCharsets.UTF_8);
        byte[] feedback = """
                {"run_id": "%1$s", "trace_id": "%1$s", "key": "k", "score": 1}""".formatted(TRACE).getBytes(StandardCharsets.UTF_8);

        assertThat(new DecodedRequest(LangfuseEvents.decodeScore(score, 0, score.length, context))
                        .only()
                        .body()
                        .getEventsList())
                .hasSize(1);
        assertThat(new DecodedRequest(RunJson.feedback(feedback, 0, feedback.length, context))
                        .only()
                        .body()
                        .getEventsList())
                .hasSize(1);
    }

    @Test
    void aMessageThatDoesNotSayItsTraceIsKept() throws MalformedEnvelope {
        byte[] update = "{\"outputs\": {\"a\": \"said\"}}".getBytes(StandardCharsets.UTF_8);

        DecodedRequest.Span run = new DecodedRequest(RunJson.update(
                        "0191e6a0-0000-7000-8000-000000000009",
                        update,
                        0,
                        update.length,
                        DecodedRequest.context(SpanLimits.DEFAULT, Masking.NONE, NONE)))
                .only();

        assertThat(run.body().getOutput()).contains("said");
        assertThat(run.marks()).contains("trace_unresolved").doesNotContain("sampled_out");
    }

    private static RequestSpans otlp(String trace, int status, Masking masking, BodySampling sampling)
            throws MalformedEnvelope {
        byte[] body = SPAN.formatted(trace, status).getBytes(StandardCharsets.UTF_8);
        return OtlpEncoding.JSON.decode(
                body, 0, body.length, DecodedRequest.context(SpanLimits.DEFAULT, masking, sampling));
    }
}
