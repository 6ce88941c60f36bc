package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.millrace.ingest.span.Refusal;
import io.millrace.ingest.span.RequestSpans;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The answer to runs: what the SDKs know, and for people the items that were refused. */
public final class RunAnswer {
    private RunAnswer() {}

    /** The JSON body for a request whose accepted items are durable. */
    public static byte[] of(RequestSpans items) {
        StringBuilder out = new StringBuilder(64).append("{\"message\":\"Runs batch ingested\"");
        if (items.refused() > 0) {
            out.append(",\"refused_total\":").append(items.refused()).append(",\"refused\":[");
            String separator = "";
            for (Refusal refusal : items.refusals()) {
                out.append(separator);
                append(out, refusal);
                separator = ",";
            }
            out.append(']');
        }
        return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Why the only item of a request was refused. */
    public static String reason(RequestSpans items) {
        Refusal refusal = items.refusals().isEmpty() ? null : items.refusals().get(0);
        return refusal == null ? "" : refusal.reason().wireName() + ": " + refusal.detail();
    }

    private static void append(StringBuilder out, Refusal refusal) {
        out.append("{\"index\":").append(refusal.index()).append(",\"id\":");
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
