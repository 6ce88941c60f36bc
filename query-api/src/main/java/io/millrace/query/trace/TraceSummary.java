package io.millrace.query.trace;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.query.http.Json;
import io.millrace.query.http.Times;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.usage.Usage;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A trace in one object: what a list shows of it, and the head of its own page.
 *
 * @param figures what is summed over its spans
 * @param partial flushed at its cap; it goes on
 * @param root null while no root is known
 */
record TraceSummary(
        TraceId id,
        TraceState state,
        boolean error,
        boolean partial,
        @Nullable String name,
        @Nullable String userId,
        @Nullable String sessionId,
        @Nullable String environment,
        @Nullable String release,
        @Nullable String externalId,
        List<String> tags,
        @Nullable SpanId root,
        Figures figures) {

    /**
     * @param countedSpans spans whose usage counts
     * @param unpricedSpans those of them without a cost, which {@code costPico} lacks
     * @param usage of counted spans
     * @param costPico null when none of the counted spans has a price
     */
    record Figures(
            long startNanos,
            long endNanos,
            int spanCount,
            int errorCount,
            int countedSpans,
            int unpricedSpans,
            Usage usage,
            @Nullable BigInteger costPico,
            @Nullable Long timeToFirstTokenNanos) {

        Figures startingAtLatest(long nanos) {
            return new Figures(
                    Math.min(startNanos, nanos),
                    endNanos,
                    spanCount,
                    errorCount,
                    countedSpans,
                    unpricedSpans,
                    usage,
                    costPico,
                    timeToFirstTokenNanos);
        }

        /** Unknown is null; a trace without model calls costs nothing, which is known. */
        @Nullable
        BigInteger knownCostPico() {
            return costPico == null && countedSpans == 0 ? BigInteger.ZERO : costPico;
        }
    }

    TraceSummary withFigures(Figures newer) {
        return new TraceSummary(
                id,
                state,
                error,
                partial,
                name,
                userId,
                sessionId,
                environment,
                release,
                externalId,
                tags,
                root,
                newer);
    }

    void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        writeFields(out);
        out.writeEndObject();
    }

    /** Without the braces. */
    void writeFields(JsonGenerator out) throws IOException {
        out.writeStringField("id", id.toString());
        Json.text(out, "name", name);
        out.writeStringField("status", error ? "error" : "ok");
        out.writeStringField("state", state.label());
        writeFigures(out);
        Json.text(out, "user_id", userId);
        Json.text(out, "session_id", sessionId);
        Json.text(out, "environment", environment);
        Json.text(out, "release", release);
        Json.text(out, "external_id", externalId);
        Json.text(out, "root_span_id", root == null ? null : root.toString());
        Json.texts(out, "tags", tags);
        out.writeBooleanField("partial", partial);
        // Graded traces are not built yet: unknown is null, never a guess.
        out.writeNullField("grade");
        Json.texts(out, "grade_reasons", List.of());
    }

    private void writeFigures(JsonGenerator out) throws IOException {
        out.writeStringField("start", Times.formatNanos(figures.startNanos()));
        out.writeStringField("end", Times.formatNanos(figures.endNanos()));
        Json.millis(out, "duration_ms", Math.max(0, figures.endNanos() - figures.startNanos()));
        out.writeNumberField("span_count", figures.spanCount());
        out.writeNumberField("error_count", figures.errorCount());
        Json.text(out, "cost_usd", Json.usd(figures.knownCostPico()));
        out.writeNumberField("unpriced_spans", figures.unpricedSpans());
        Json.counts(out, "usage", figures.usage().byLabel());
        Json.millis(out, "time_to_first_token_ms", figures.timeToFirstTokenNanos());
    }
}
