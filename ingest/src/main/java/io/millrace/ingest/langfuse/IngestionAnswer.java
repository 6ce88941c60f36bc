package io.millrace.ingest.langfuse;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.millrace.ingest.span.Refusal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The answer to a batch: each event by its id. {@code errors} would make clients send everything again, so it is empty. */
final class IngestionAnswer {
    private static final String START = "{\"successes\":[";

    private final StringBuilder successes = new StringBuilder(START);
    private final StringBuilder refused = new StringBuilder();

    void taken(String id) {
        successes.append(successes.length() > START.length() ? ",{\"id\":" : "{\"id\":");
        string(successes, Refusal.cut(id));
        successes.append(",\"status\":201}");
    }

    void refused(@Nullable String id, Refusal refusal) {
        refused.append(refused.isEmpty() ? "{\"index\":" : ",{\"index\":")
                .append(refusal.index())
                .append(",\"id\":");
        string(refused, Refusal.cut(id));
        refused.append(",\"status\":400,\"message\":");
        string(refused, refusal.detail());
        refused.append(",\"error\":");
        string(refused, refusal.reason().wireName());
        refused.append('}');
    }

    /**
     * @param named how many refused events are named
     * @param total how many there are
     */
    byte[] toBytes(int named, int total) {
        successes.append("],\"errors\":[]");
        if (total > 0) {
            successes.append(",\"refused\":[").append(refused).append(']');
        }
        if (total > named) {
            successes.append(",\"refused_total\":").append(total);
        }
        return successes.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The answer to a score that was sent by itself. */
    static byte[] score(String id) {
        StringBuilder answer = new StringBuilder("{\"id\":");
        string(answer, id);
        return answer.append('}').toString().getBytes(StandardCharsets.UTF_8);
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
