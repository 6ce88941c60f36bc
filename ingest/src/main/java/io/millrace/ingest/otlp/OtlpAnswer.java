package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.millrace.ingest.span.Refusal;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/** Writes the small messages that answer an export. */
final class OtlpAnswer {
    private static final int NAMED = 5;

    private OtlpAnswer() {}

    /**
     * Which spans were refused and why: counts of all, ids of the first few. Empty when none was.
     *
     * @param item what one of them is called
     */
    static String message(RequestSpans spans, String item) {
        int refused = spans.refused();
        if (refused == 0) {
            return "";
        }
        StringJoiner reasons = new StringJoiner(", ", ": ", "");
        spans.refusedByReason().forEach((reason, n) -> reasons.add(n + " " + reason.wireName()));
        StringBuilder message = new StringBuilder()
                .append(refused)
                .append(" of ")
                .append(refused + spans.accepted())
                .append(' ')
                .append(item)
                .append("s refused")
                .append(reasons);
        spans.refusals().stream().limit(NAMED).forEach(refusal -> append(message, item, refusal));
        return message.toString();
    }

    private static void append(StringBuilder message, String item, Refusal refusal) {
        message.append("; ").append(item).append(' ').append(refusal.index());
        if (refusal.traceId() != null || refusal.spanId() != null) {
            message.append(" (")
                    .append(refusal.traceId() == null ? "?" : refusal.traceId())
                    .append('/')
                    .append(refusal.spanId() == null ? "?" : refusal.spanId())
                    .append(')');
        }
        message.append(' ').append(refusal.reason().wireName()).append(": ").append(refusal.detail());
    }

    static byte[] protobuf(long rejected, String message) {
        WireWriter out = new WireWriter(64);
        if (rejected != 0 || !message.isEmpty()) {
            int partialSuccess = out.open(1);
            out.varintField(1, rejected);
            out.textField(2, message);
            out.close(partialSuccess);
        }
        return out.toByteArray();
    }

    /** @param count what the number of those rejected is called */
    static byte[] json(String count, long rejected, String message) {
        if (rejected == 0 && message.isEmpty()) {
            return utf8("{\"partialSuccess\":{}}");
        }
        return utf8("{\"partialSuccess\":{\"" + count + "\":\"" + rejected + "\",\"errorMessage\":\"" + quoted(message)
                + "\"}}");
    }

    static byte[] protobufStatus(int code, String message) {
        WireWriter out = new WireWriter(64);
        out.varintField(1, code);
        out.textField(2, message);
        return out.toByteArray();
    }

    static byte[] jsonStatus(int code, String message) {
        return utf8("{\"code\":" + code + ",\"message\":\"" + quoted(message) + "\"}");
    }

    private static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
