package io.millrace.ingest.nativespan;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.millrace.ingest.span.Refusal;
import io.millrace.ingest.span.RequestSpans;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The answer to {@code POST /v1/spans}: how many were accepted, and each refused item with its reason. */
public final class NativeAnswer {
    private NativeAnswer() {}

    /**
     * The JSON body for a request whose accepted spans are durable. When more were refused than are named one by one, the
     * member {@code refused_total} says how many.
     */
    public static byte[] of(RequestSpans spans) {
        StringBuilder out = new StringBuilder(64)
                .append("{\"accepted\":")
                .append(spans.accepted())
                .append(",\"refused\":[");
        String separator = "";
        for (Refusal refusal : spans.refusals()) {
            out.append(separator);
            append(out, refusal);
            separator = ",";
        }
        out.append(']');
        if (spans.refused() > spans.refusals().size()) {
            out.append(",\"refused_total\":").append(spans.refused());
        }
        return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void append(StringBuilder out, Refusal refusal) {
        out.append("{\"index\":").append(refusal.index()).append(",\"trace_id\":");
        string(out, refusal.traceId());
        out.append(",\"span_id\":");
        string(out, refusal.spanId());
        out.append(",\"reason\":");
        string(out, refusal.reason().wireName());
        out.append(",\"detail\":");
        string(out, refusal.detail());
        out.append('}');
    }

    private static void string(StringBuilder out, @Nullable String text) {
        if (text == null) {
            out.append("null");
        } else {
            out.append('"')
                    .append(JsonStringEncoder.getInstance().quoteAsString(text))
                    .append('"');
        }
    }
}
