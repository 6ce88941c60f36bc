package io.millrace.ingest.http;

import io.millrace.ingest.nativespan.NativeSpans;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;

/** How a body's bytes become items: by path and content type. */
record Decoding(Endpoint endpoint, ContentType contentType, RequestContext context) {

    /** @throws MalformedEnvelope when not even one item can be told from another */
    RequestSpans decode(byte[] bytes, int length) throws MalformedEnvelope {
        return switch (endpoint) {
            case OTLP_TRACES -> contentType.otlp().decode(bytes, 0, length, context);
            case OTLP_LOGS -> ignored("log", bytes, length, "logRecords", "log_records");
            case OTLP_METRICS -> ignored("metric", bytes, length, "metrics", "metrics");
            default -> NativeSpans.decode(bytes, 0, length, contentType == ContentType.NDJSON, context);
        };
    }

    private RequestSpans ignored(String reason, byte[] bytes, int length, String camel, String snake)
            throws MalformedEnvelope {
        RequestSpans items = new RequestSpans(context, endpoint.dialect(), 0);
        items.ignore(
                reason,
                contentType == ContentType.PROTOBUF
                        ? ItemCounter.countProtobuf(bytes, length)
                        : ItemCounter.countJson(bytes, length, camel, snake));
        return items;
    }
}
