package io.millrace.standalone;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A trace in OTLP/JSON, written by hand: a root that is an agent, and model calls under it. */
final class OtlpRequest {
    private static final String SPAN = """
            {"traceId":"%s","spanId":"%016x"%s,"name":"%s","startTimeUnixNano":"%d","endTimeUnixNano":"%d",
             "attributes":[%s]}""";

    private final String trace;
    private final List<String> spans = new ArrayList<>();

    private OtlpRequest(String trace) {
        this.trace = trace;
    }

    static OtlpRequest newTrace() {
        return of(UUID.randomUUID().toString().replace("-", ""));
    }

    /** More of a trace that was begun elsewhere. */
    static OtlpRequest of(String trace) {
        return new OtlpRequest(trace);
    }

    /** 32 hexadecimal digits. */
    String trace() {
        return trace;
    }

    /** The span 1, which lasted a tenth of a second. */
    OtlpRequest root(Instant end) {
        return add(1, "", "answer", end, text("gen_ai.operation.name", "invoke_agent"));
    }

    /** A span under the root, with usage that counts: so many tokens in. */
    OtlpRequest call(int span, Instant end, int inputTokens) {
        return add(
                span,
                ",\"parentSpanId\":\"0000000000000001\"",
                "chat",
                end,
                String.join(
                        ",",
                        text("gen_ai.operation.name", "chat"),
                        text("gen_ai.provider.name", "openai"),
                        text("gen_ai.request.model", "gpt-4o-mini"),
                        "{\"key\":\"gen_ai.usage.input_tokens\",\"value\":{\"intValue\":\"" + inputTokens + "\"}}"));
    }

    private OtlpRequest add(int span, String parent, String name, Instant end, String attributes) {
        spans.add(SPAN.formatted(
                trace,
                span,
                parent,
                name,
                Capture.nanos(end.minus(Duration.ofMillis(100))),
                Capture.nanos(end),
                attributes));
        return this;
    }

    private static String text(String key, String value) {
        return "{\"key\":\"%s\",\"value\":{\"stringValue\":\"%s\"}}".formatted(key, value);
    }

    String json() {
        return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + String.join(",", spans) + "]}]}]}";
    }
}
