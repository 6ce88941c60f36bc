package io.millrace.ingest.span;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.ingest.privacy.Masking;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.AnyValue;
import io.millrace.schema.wire.KeyValue;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.SpanBatch;
import io.millrace.schema.wire.SpanBody;
import io.millrace.schema.wire.SpanMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** What the log would hold after a request, read back with the generated classes of the wire contract. */
public final class DecodedRequest {
    public static final UUID PROJECT = UUID.fromString("0191e6a0-0000-7000-8000-000000000001");
    /** A minute after the recordings were made. */
    public static final Instant RECEIVED = Instant.parse("2026-11-20T22:01:00Z");

    public static final RequestContext CONTEXT = context(SpanLimits.DEFAULT, Masking.NONE);

    /** One span as it was stored, with what stands apart from it. */
    public record Span(SpanMessage message, SpanBody body, Origin origin) {
        public String traceId() {
            return TraceId.of(message.getTraceId().toByteArray(), 0).toString();
        }

        public String spanId() {
            return SpanId.of(message.getSpanId().toByteArray()).toString();
        }

        public String parentId() {
            return message.getParentSpanId().isEmpty()
                    ? ""
                    : SpanId.of(message.getParentSpanId().toByteArray()).toString();
        }

        public SpanKind kind() {
            return SpanKind.of(message.getKind());
        }

        public Map<String, Long> usage() {
            return message.hasUsage() ? Usage.of(message.getUsage()).byLabel() : Map.of();
        }

        public List<String> marks() {
            return Mark.labels(message.getMarks());
        }

        public Map<String, AnyValue> attributes() {
            Map<String, AnyValue> attributes = new TreeMap<>();
            for (KeyValue attribute : body.getAttributesList()) {
                attributes.put(attribute.getKey(), attribute.getValue());
            }
            return attributes;
        }

        public AnyValue attribute(String key) {
            return attributes().getOrDefault(key, AnyValue.getDefaultInstance());
        }
    }

    private final RequestSpans request;
    private final List<Span> spans = new ArrayList<>();

    public DecodedRequest(RequestSpans request) {
        this(request, 1 << 20);
    }

    public DecodedRequest(RequestSpans request, int maxRecordBytes) {
        this.request = request;
        for (EncodedRecord record : request.records(maxRecordBytes)) {
            SpanBatch batch = parse(record);
            for (SpanMessage message : batch.getSpansList()) {
                spans.add(new Span(message, body(message), batch.getOrigins(message.getOrigin())));
            }
        }
    }

    public static RequestContext context(SpanLimits limits, Masking masking) {
        return context(limits, masking, BodySampling.ALL);
    }

    public static RequestContext context(SpanLimits limits, Masking masking, BodySampling sampling) {
        return context(limits, masking, sampling, LargePayloads.NONE);
    }

    public static RequestContext context(
            SpanLimits limits, Masking masking, BodySampling sampling, LargePayloads payloads) {
        return new RequestContext(
                PROJECT, RECEIVED.toEpochMilli(), Duration.ofDays(30), limits, masking, sampling, payloads);
    }

    public static SpanBatch parse(EncodedRecord record) {
        try {
            return SpanBatch.parseFrom(record.value());
        } catch (InvalidProtocolBufferException broken) {
            throw new AssertionError("a record that cannot be read", broken);
        }
    }

    private static SpanBody body(SpanMessage message) {
        try {
            return SpanBody.parseFrom(message.getBody());
        } catch (InvalidProtocolBufferException broken) {
            throw new AssertionError("a body that cannot be read", broken);
        }
    }

    public RequestSpans request() {
        return request;
    }

    public List<Span> spans() {
        return spans;
    }

    public Span only() {
        if (spans.size() != 1) {
            throw new AssertionError(spans.size() + " spans, refused: " + request.refusals());
        }
        return spans.get(0);
    }

    public Span withId(String spanId) {
        return spans.stream()
                .filter(span -> span.spanId().equals(spanId))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span has the id " + spanId));
    }

    public Span named(String name) {
        return spans.stream()
                .filter(span -> span.message().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span is called " + name));
    }
}
