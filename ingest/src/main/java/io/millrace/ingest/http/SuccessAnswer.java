package io.millrace.ingest.http;

import com.google.protobuf.CodedOutputStream;
import io.millrace.ingest.span.Refusal;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestSpans;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;

/** What a client is told when its items are durable: also which ones are not, and why. */
final class SuccessAnswer {
    private SuccessAnswer() {}

    static Answer of(Endpoint endpoint, ContentType contentType, RequestSpans spans) {
        if (!endpoint.isOtlp()) {
            return Answer.ok(ContentType.JSON.mime(), nativeBody(spans));
        }
        return contentType == ContentType.PROTOBUF
                ? Answer.ok(contentType.mime(), protobufBody(spans))
                : Answer.ok(ContentType.JSON.mime(), jsonBody(spans));
    }

    private static Buffer nativeBody(RequestSpans spans) {
        JsonArray refused = new JsonArray();
        for (Refusal refusal : spans.refusals()) {
            refused.add(new JsonObject()
                    .put("index", refusal.index())
                    .put("span_id", refusal.spanId())
                    .put("reason", refusal.reason().wireName())
                    .put("detail", refusal.detail()));
        }
        return new JsonObject()
                .put("accepted", spans.accepted())
                .put("refused", refused)
                .toBuffer();
    }

    private static Buffer jsonBody(RequestSpans spans) {
        JsonObject body = new JsonObject();
        if (spans.refused() > 0) {
            // Protobuf's JSON writes 64-bit numbers as strings.
            body.put(
                    "partialSuccess",
                    new JsonObject()
                            .put("rejectedSpans", Integer.toString(spans.refused()))
                            .put("errorMessage", reasons(spans)));
        }
        return body.toBuffer();
    }

    /** An {@code ExportTraceServiceResponse}; without refused items it is empty, as for logs and metrics. */
    private static Buffer protobufBody(RequestSpans spans) {
        if (spans.refused() == 0) {
            return Buffer.buffer();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        String reasons = reasons(spans);
        try {
            out.writeTag(1, 2);
            out.writeUInt32NoTag(CodedOutputStream.computeInt64Size(1, spans.refused())
                    + CodedOutputStream.computeStringSize(2, reasons));
            out.writeInt64(1, spans.refused());
            out.writeString(2, reasons);
            out.flush();
        } catch (IOException impossible) {
            throw new IllegalStateException("memory cannot fail to be written", impossible);
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    /** Such as {@code missing_id: 2, too_old: 1}. */
    private static String reasons(RequestSpans spans) {
        Map<RefusalReason, Integer> byReason = spans.refusedByReason();
        return byReason.entrySet().stream()
                .map(entry -> entry.getKey().wireName() + ": " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
