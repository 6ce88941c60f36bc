package io.millrace.query.trace;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.query.http.Json;
import io.millrace.query.http.Times;
import io.millrace.query.trace.Payloads.Payload;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.SpanBody;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to a look-up of one trace. */
final class TraceDocument {
    private static final Payload NONE = new Payload(SpanBody.getDefaultInstance(), Origin.getDefaultInstance());

    private final TraceSummary summary;
    private final SpanTree tree;
    private final Payloads payloads;
    private final boolean withContent;

    /**
     * @param withContent whether inputs and outputs are shown
     */
    TraceDocument(TraceSummary summary, SpanTree tree, Payloads payloads, boolean withContent) {
        this.summary = summary;
        this.tree = tree;
        this.payloads = payloads;
        this.withContent = withContent;
    }

    void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeObjectFieldStart("trace");
        summary.writeFields(out);
        writeOwn(out);
        out.writeEndObject();
        out.writeArrayFieldStart("spans");
        for (SpanTree.Node node : tree.nodes()) {
            write(out, node.id(), node.fact());
        }
        out.writeEndArray();
        out.writeBooleanField("payloads_truncated", payloads.isTruncated());
        out.writeEndObject();
    }

    /** Input and output of the trace are its root's, unless they are said of the trace itself. */
    private void writeOwn(JsonGenerator out) throws IOException {
        SpanBody own = payloads.ofTrace();
        if (withContent) {
            SpanBody root = rootBody();
            PayloadJson.writeContent(out, "input", own.getInput().isEmpty() ? root.getInput() : own.getInput());
            PayloadJson.writeContent(out, "output", own.getOutput().isEmpty() ? root.getOutput() : own.getOutput());
            BlobJson.writeInput(out, summary.id(), own.getInput().isEmpty() ? root : own);
            BlobJson.writeOutput(out, summary.id(), own.getOutput().isEmpty() ? root : own);
        }
        BlobJson.writeAttachments(out, summary.id(), own);
        PayloadJson.writeAttributes(out, "attributes", own.getAttributesList());
    }

    private SpanBody rootBody() {
        SpanId root = summary.root();
        for (SpanTree.Node node : tree.nodes()) {
            if (node.fact() != null && node.id().equals(root)) {
                return payloads.of(node.fact()).orElse(NONE).body();
            }
        }
        return NONE.body();
    }

    private void write(JsonGenerator out, SpanId id, @Nullable Fact fact) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", id.toString());
        if (fact == null) {
            writePlaceholder(out);
        } else {
            Payload payload = payloads.of(fact).orElse(NONE);
            writeIdentity(out, fact, payload.body());
            writeTimes(out, fact);
            writeModel(out, fact);
            out.writeBooleanField("counted", fact.counted());
            out.writeBooleanField("pending", false);
            writeBody(out, payload);
            Json.text(out, "body_note", note(fact, payload.body()));
            writeExtras(out, fact);
        }
        out.writeEndObject();
    }

    /** A parent that has not arrived: all that is known is that its children name it. */
    private void writePlaceholder(JsonGenerator out) throws IOException {
        for (String field : List.of(
                "parent_id",
                "name",
                "kind",
                "status",
                "status_message",
                "start",
                "end",
                "duration_ms",
                "time_to_first_token_ms",
                "model",
                "provider",
                "usage",
                "cost_usd",
                "reported_cost_usd")) {
            out.writeNullField(field);
        }
        out.writeBooleanField("counted", false);
        out.writeBooleanField("pending", true);
        if (withContent) {
            out.writeNullField("input");
            out.writeNullField("output");
            out.writeNullField("input_blob");
            out.writeNullField("output_blob");
        }
        PayloadJson.writeAttributes(out, "attributes", List.of());
        PayloadJson.writeEvents(out, List.of());
    }

    private static void writeIdentity(JsonGenerator out, Fact fact, SpanBody body) throws IOException {
        Json.text(out, "parent_id", fact.parent() == null ? null : fact.parent().toString());
        out.writeStringField("name", fact.name());
        out.writeStringField("kind", fact.kind().label());
        out.writeStringField("status", fact.status().label());
        Json.text(out, "status_message", body.getStatusMessage());
    }

    private static void writeTimes(JsonGenerator out, Fact fact) throws IOException {
        boolean complete = fact.isComplete();
        out.writeStringField("start", Times.formatNanos(fact.startNanos()));
        Json.text(out, "end", complete ? Times.formatNanos(fact.endNanos()) : null);
        Json.millis(out, "duration_ms", complete ? fact.durationNanos() : null);
        Json.millis(out, "time_to_first_token_ms", fact.timeToFirstTokenNanos());
    }

    private static void writeModel(JsonGenerator out, Fact fact) throws IOException {
        Fact.Labels labels = fact.labels();
        Json.text(out, "model", labels.model());
        Json.text(out, "provider", labels.provider());
        if (fact.usage() == null) {
            out.writeNullField("usage");
        } else {
            Json.counts(out, "usage", fact.usage().byLabel());
        }
        money(out, "cost_usd", fact.costPico());
        money(out, "reported_cost_usd", fact.reportedCostPico());
        Json.text(out, "cost_source", labels.costSource());
        Json.text(out, "price_version", labels.priceVersion());
        Json.text(out, "price_note", labels.priceNote());
        Json.text(out, "request_model", labels.requestModel());
        Json.text(out, "response_model", labels.responseModel());
        Json.text(out, "operation", labels.operation());
        Json.text(out, "service_tier", labels.serviceTier());
    }

    /** Why there is no input or output, or not all that was sent in parts; null where all that came was kept. */
    private static @Nullable String note(Fact fact, SpanBody body) {
        if (body.getPayloadDropped()) {
            return "body not kept: masking";
        }
        if (!Mark.SAMPLED_OUT.in(fact.marks())) {
            return null;
        }
        boolean isEmpty = body.getInput().isEmpty()
                && body.getOutput().isEmpty()
                && body.getAttributesCount() == 0
                && body.getEventsCount() == 0;
        return isEmpty ? "body not kept: sampling" : "body kept in part: sampling";
    }

    private void writeBody(JsonGenerator out, Payload payload) throws IOException {
        SpanBody body = payload.body();
        if (withContent) {
            PayloadJson.writeContent(out, "input", body.getInput());
            PayloadJson.writeContent(out, "output", body.getOutput());
            BlobJson.writeInput(out, summary.id(), body);
            BlobJson.writeOutput(out, summary.id(), body);
        }
        BlobJson.writeAttachments(out, summary.id(), body);
        PayloadJson.writeAttributes(out, "attributes", body.getAttributesList());
        PayloadJson.writeEvents(out, body.getEventsList());
        PayloadJson.writeLinks(out, body.getLinksList());
        Json.texts(out, "finish_reasons", body.getFinishReasonsList());
        out.writeBooleanField("streaming", body.getStreaming());
        Json.text(out, "level", body.getLevel());
        Json.text(out, "external_id", body.getExternalId());
        Json.text(out, "trace_state", body.getTraceState());
        PayloadJson.writeAttributes(out, "resource", payload.origin().getResourceAttributesList());
        out.writeObjectFieldStart("scope");
        Json.text(out, "name", payload.origin().getScopeName());
        Json.text(out, "version", payload.origin().getScopeVersion());
        PayloadJson.writeAttributes(out, "attributes", payload.origin().getScopeAttributesList());
        out.writeEndObject();
    }

    private static void writeExtras(JsonGenerator out, Fact fact) throws IOException {
        Fact.Labels labels = fact.labels();
        Json.text(out, "environment", labels.environment());
        Json.text(out, "service_name", labels.serviceName());
        Json.text(out, "release", labels.release());
        Json.text(out, "prompt_name", labels.promptName());
        Json.text(out, "prompt_version", labels.promptVersion());
        Json.text(out, "session_id", labels.sessionId());
        Json.text(out, "user_id", labels.userId());
        Json.text(out, "error_type", labels.errorType());
        Json.texts(out, "tags", fact.tags());
        Json.texts(out, "marks", Mark.labels(fact.marks()));
        out.writeNumberField("weight", fact.weight());
        out.writeStringField("received_at", Times.format(fact.receivedAt()));
    }

    private static void money(JsonGenerator out, String name, @Nullable BigInteger pico) throws IOException {
        Json.text(out, name, Json.usd(pico));
    }
}
