package io.millrace.ingest.http;

import io.millrace.ingest.langfuse.LangfuseEvents;
import io.millrace.ingest.nativespan.NativeSpans;
import io.millrace.ingest.otlp.LogRecords;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;

/** By path and content type. */
record DialectDecoding(Endpoint endpoint, ContentType contentType, RequestContext context) implements Decoding {
    @Override
    public RequestSpans decode(byte[] bytes, int length) throws MalformedEnvelope {
        return switch (endpoint) {
            case OTLP_TRACES -> contentType.otlp().decode(bytes, 0, length, context);
            case OTLP_LOGS -> LogRecords.decode(contentType.otlp(), bytes, length, context);
            case OTLP_METRICS -> metrics(bytes, length);
            case LANGFUSE_EVENTS -> LangfuseEvents.decode(bytes, 0, length, context);
            case LANGFUSE_SCORES -> LangfuseEvents.decodeScore(bytes, 0, length, context);
            default -> NativeSpans.decode(bytes, 0, length, contentType == ContentType.NDJSON, context);
        };
    }

    private RequestSpans metrics(byte[] bytes, int length) throws MalformedEnvelope {
        RequestSpans items = new RequestSpans(context, endpoint.dialect(), 0);
        items.ignore(
                "metric",
                contentType == ContentType.PROTOBUF
                        ? MetricCounter.countProtobuf(bytes, length)
                        : MetricCounter.countJson(bytes, length));
        return items;
    }

    /** Langfuse's events and native lines may be short, and each costs about what a span of OTLP does. */
    @Override
    public int loopBytes() {
        return endpoint.isOtlp() ? 256 * 1024 : 64 * 1024;
    }

    /** Decoded spans and their records: each about as long as the body. */
    @Override
    public long memory(int length) {
        return 2L * length;
    }
}
