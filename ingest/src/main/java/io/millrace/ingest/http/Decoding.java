package io.millrace.ingest.http;

import io.millrace.ingest.nativespan.NativeSpans;
import io.millrace.ingest.otlp.LogRecords;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;

/** How a body's bytes become items: by path and content type. */
record Decoding(Endpoint endpoint, ContentType contentType, RequestContext context) {

    /** @throws MalformedEnvelope when not even one item can be told from another */
    RequestSpans decode(byte[] bytes, int length) throws MalformedEnvelope {
        return switch (endpoint) {
            case OTLP_TRACES -> contentType.otlp().decode(bytes, 0, length, context);
            case OTLP_LOGS -> logs(bytes, length);
            case OTLP_METRICS -> metrics(bytes, length);
            default -> NativeSpans.decode(bytes, 0, length, contentType == ContentType.NDJSON, context);
        };
    }

    private RequestSpans logs(byte[] bytes, int length) throws MalformedEnvelope {
        RequestSpans items = new RequestSpans(context, endpoint.dialect(), 0);
        LogRecords.ignore(contentType.otlp(), bytes, length, items);
        return items;
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
}
