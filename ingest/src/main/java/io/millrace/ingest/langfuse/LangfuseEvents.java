package io.millrace.ingest.langfuse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.Refusal;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.schema.span.Mark;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of {@code POST /api/public/ingestion}: a batch of events, of which a bad one is refused alone. */
public final class LangfuseEvents {
    private static final String DIALECT = "langfuse";

    private final RequestSpans spans;
    private final JsonBody body;
    private final EventMessages messages;
    private final EventHead head = new EventHead();
    private final IngestionAnswer answer = new IngestionAnswer();

    private int items;

    private LangfuseEvents(RequestSpans spans, JsonBody body) {
        this.spans = spans;
        this.body = body;
        this.messages = new EventMessages(spans, body);
    }

    /**
     * The messages of a batch, with the answer as their {@linkplain RequestSpans#receipt() receipt}.
     *
     * @throws MalformedEnvelope when the body is no batch
     */
    public static RequestSpans decode(byte[] body, int offset, int length, RequestContext context)
            throws MalformedEnvelope {
        return JsonBody.read(body, offset, length, json -> {
            RequestSpans spans = new RequestSpans(context, DIALECT, length);
            LangfuseEvents request = new LangfuseEvents(spans, json);
            request.read();
            spans.receipt(request.answer.toBytes(spans.refusals().size(), spans.refused()));
            return spans;
        });
    }

    /**
     * The message of one score, which came by itself to {@code POST /api/public/scores}.
     *
     * @throws MalformedEnvelope when the body is no score that can be taken
     */
    public static RequestSpans decodeScore(byte[] body, int offset, int length, RequestContext context)
            throws MalformedEnvelope {
        return JsonBody.read(body, offset, length, json -> {
            RequestSpans spans = new RequestSpans(context, DIALECT, length);
            spans.receipt(IngestionAnswer.score(SingleScore.take(spans, json)));
            return spans;
        });
    }

    private void read() throws MalformedEnvelope {
        try (JsonParser parser = body.parser()) {
            JsonCursor at = new JsonCursor(parser, body.bytes(), body.from());
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedEnvelope("the body is no JSON object in UTF-8");
            }
            boolean found = false;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                boolean batch = parser.currentName().equals("batch");
                if (parser.nextToken() == JsonToken.START_ARRAY && batch) {
                    events(at);
                    found = true;
                } else {
                    parser.skipChildren();
                }
            }
            if (!found || parser.nextToken() != null) {
                throw new MalformedEnvelope("the body is no object whose member batch is an array of events");
            }
        } catch (IOException broken) {
            throw JsonBody.malformed(broken);
        }
    }

    private void events(JsonCursor at) throws IOException, MalformedEnvelope {
        while (at.parser().nextToken() != JsonToken.END_ARRAY) {
            SpanDraft draft = spans.draft();
            int index = items++;
            if (at.parser().currentToken() != JsonToken.START_OBJECT) {
                at.parser().skipChildren();
                refuse(index, draft, null, JsonValues.wrongShape("an event is an object"));
                continue;
            }
            int from = at.from();
            head.read(at);
            if (body.repaired() && body.holdsReplacement(from, at.end())) {
                draft.mark(Mark.BAD_UTF8);
            }
            event(index, draft);
        }
    }

    private void event(int index, SpanDraft draft) throws IOException, MalformedEnvelope {
        String id = head.id();
        try {
            EventType type = head.type();
            if (type.subject() == EventType.Subject.LOG) {
                spans.ignore("sdk_log", 1);
                return;
            }
            messages.fill(draft, head, type);
        } catch (MalformedSpan malformed) {
            refuse(index, draft, id, malformed);
            return;
        }
        int refusedBefore = spans.refusals().size();
        if (spans.accept(index, draft)) {
            answer.taken(String.valueOf(id));
        } else {
            name(id, refusedBefore);
        }
    }

    private void refuse(int index, SpanDraft draft, @Nullable String id, MalformedSpan malformed) {
        int refusedBefore = spans.refusals().size();
        spans.refuse(index, draft, malformed.reason(), malformed.detail());
        name(id, refusedBefore);
    }

    /** Names what was just refused, unless so much was that it is only counted. */
    private void name(@Nullable String id, int refusedBefore) {
        List<Refusal> refusals = spans.refusals();
        if (refusals.size() > refusedBefore) {
            answer.refused(id, refusals.get(refusedBefore));
        }
    }
}
