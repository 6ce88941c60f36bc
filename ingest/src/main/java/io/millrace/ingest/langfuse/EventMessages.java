package io.millrace.ingest.langfuse;

import com.fasterxml.jackson.core.JsonParser;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.otlp.AttributeMapping;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.wire.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Turns events into partial messages, one at a time. */
final class EventMessages {
    private static final byte[] NAME_KEY = "name".getBytes(StandardCharsets.US_ASCII);

    private final UUID project;
    private final JsonBody json;
    private final EventBody body;
    private final ScoreBody score;
    private final AttributeMapping mapping;
    private final int origin;

    EventMessages(RequestSpans spans, JsonBody json) {
        int maxNesting = spans.context().limits().maxNesting();
        this.project = spans.context().project();
        this.json = json;
        this.body = new EventBody(maxNesting);
        this.score = new ScoreBody(maxNesting);
        this.mapping = new AttributeMapping(spans.context());
        this.origin = spans.origin(Origin.getDefaultInstance());
    }

    /** Fills the draft with what an event says. */
    void fill(SpanDraft draft, EventHead head, EventType type) throws IOException, MalformedSpan, MalformedEnvelope {
        TraceId message = head.messageId(project);
        long saidAt = head.saidAtNanos();
        draft.origin(origin);
        draft.partial(saidAt, type.update(), message.high(), message.low());
        switch (type.subject()) {
            case TRACE -> trace(draft, head, type, saidAt);
            case OBSERVATION -> observation(draft, head, type, saidAt);
            default -> score(draft, head, saidAt);
        }
    }

    private void score(SpanDraft draft, EventHead head, long saidAt)
            throws IOException, MalformedSpan, MalformedEnvelope {
        int from = head.bodyFrom();
        try (JsonParser parser = json.parser(from, head.bodyEnd())) {
            parser.nextToken();
            score.read(new JsonCursor(parser, json.bytes(), from));
        }
        String trace = score.traceId();
        draft.sentIds(trace, null);
        traceId(draft, project, trace);
        score.keep(draft, saidAt);
    }

    private void trace(SpanDraft draft, EventHead head, EventType type, long saidAt)
            throws IOException, MalformedSpan, MalformedEnvelope {
        body.read(json, head, type);
        String id = ownId("a trace has an id");
        draft.sentIds(id, null);
        traceId(draft, project, id);
        draft.times(body.startNanos == 0 ? saidAt : body.startNanos, 0);
        fields(draft);
    }

    /** An observation of no trace has a trace of its own, which has the id of the observation. */
    private void observation(SpanDraft draft, EventHead head, EventType type, long saidAt)
            throws IOException, MalformedSpan, MalformedEnvelope {
        body.read(json, head, type);
        String id = ownId("an observation has an id");
        String told = body.traceId;
        String trace = told == null || told.isEmpty() ? id : told;
        draft.sentIds(trace, id);
        traceId(draft, project, trace);
        spanId(draft, project, id);
        parentId(draft, body.parentId);
        long start = body.startNanos == 0 && !type.update() ? saidAt : body.startNanos;
        draft.times(start, EventType.EVENT.equals(body.type) ? start : body.endNanos);
        draft.firstTokenAtNanos(body.firstTokenAtNanos);
        fields(draft);
        if (type.update() && body.type == null) {
            // Another message says it, and this one knows too little to guess.
            draft.kind(SpanKind.SPAN);
        }
    }

    private String ownId(String otherwise) throws MalformedSpan {
        String id = body.id;
        if (id == null || id.isEmpty()) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, otherwise);
        }
        return id;
    }

    private void fields(SpanDraft draft) throws MalformedSpan {
        String name = body.name;
        if (name != null) {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            if (draft.text(TextField.NAME, utf8, 0, utf8.length)) {
                draft.truncatedFrom(NAME_KEY, 0, NAME_KEY.length, utf8.length);
            }
        }
        mapping.read(draft, body.attributes().array(), body.attributes().size());
    }

    static void traceId(SpanDraft draft, UUID project, String sent) throws MalformedSpan {
        try {
            TraceId id = TraceId.parse(project, sent);
            draft.traceId(id.high(), id.low());
        } catch (IllegalArgumentException zeros) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, "the id of a trace is of zeros");
        }
        if (!TraceId.isCanonical(sent)) {
            draft.text(TextField.EXTERNAL_TRACE_ID, sent);
        }
    }

    static void spanId(SpanDraft draft, UUID project, String sent) throws MalformedSpan {
        try {
            SpanId id = SpanId.parse(project, sent);
            draft.spanId(id.high(), id.low(), id.wide());
        } catch (IllegalArgumentException zeros) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, "the id of an observation is of zeros");
        }
        if (!SpanId.isCanonical(sent)) {
            draft.text(TextField.EXTERNAL_SPAN_ID, sent);
        }
    }

    /** A parent of zeros is none. */
    private void parentId(SpanDraft draft, @Nullable String sent) {
        if (sent != null && !sent.isEmpty() && sent.chars().anyMatch(digit -> digit != '0' && digit != '-')) {
            SpanId id = SpanId.parse(project, sent);
            draft.parentSpanId(id.high(), id.low(), id.wide());
        }
    }
}
