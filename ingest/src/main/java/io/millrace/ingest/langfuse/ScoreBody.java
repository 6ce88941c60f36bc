package io.millrace.ingest.langfuse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A score as it was sent: what it is about, and all its members as the attributes of an event. Reused from event to event. */
final class ScoreBody {
    private static final String EVENT_NAME = "score";
    private static final int TIME_FIELD = 1;
    private static final int NAME_FIELD = 2;
    private static final int ATTRIBUTES_FIELD = 3;

    private final AttributeList attributes;
    private final WireWriter event = new WireWriter(512);
    private @Nullable String id;
    private @Nullable String traceId;
    private boolean named;
    private boolean valued;
    private boolean ofSession;
    private long timeNanos;

    ScoreBody(int maxNesting) {
        attributes = new AttributeList(ATTRIBUTES_FIELD, maxNesting);
    }

    /** Reads the object that begins at the cursor. */
    void read(JsonCursor at) throws IOException, MalformedSpan {
        attributes.clear();
        id = null;
        traceId = null;
        named = false;
        valued = false;
        ofSession = false;
        timeNanos = 0;
        JsonParser parser = at.parser();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            member(name, at);
        }
    }

    private void member(String name, JsonCursor at) throws IOException, MalformedSpan {
        JsonParser parser = at.parser();
        boolean isNull = parser.currentToken() == JsonToken.VALUE_NULL;
        String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
        switch (name) {
            case "traceId" -> traceId = text;
            case "id" -> id = text;
            case "name" -> named = !text.isEmpty();
            case "value" -> valued = !isNull;
            case "sessionId" -> ofSession = !text.isEmpty();
            case "timestamp" -> timeNanos = JsonValues.time(parser, "the timestamp of a score");
            default -> {
                // An attribute like the others.
            }
        }
        if (!name.equals("traceId")) {
            attributes.value(name, at);
        } else {
            parser.skipChildren();
        }
    }

    @Nullable
    String id() {
        return id == null || id.isEmpty() ? null : id;
    }

    /** Gives a score that was sent without an id one. */
    void id(String made) {
        id = made;
        attributes.text("id", made);
    }

    /** The trace that the score is about, or about one of whose observations it is. */
    String traceId() throws MalformedSpan {
        String trace = traceId;
        if (trace == null || trace.isEmpty()) {
            throw ofSession
                    ? new MalformedSpan(RefusalReason.NOT_AVAILABLE, "scores of sessions are not taken")
                    : new MalformedSpan(RefusalReason.MISSING_ID, "a score has the id of a trace");
        }
        return trace;
    }

    /** Keeps the score in a draft. */
    void keep(SpanDraft draft, long saidAtNanos) throws MalformedSpan {
        if (!named || !valued) {
            throw JsonValues.wrongShape("a score has a name and a value");
        }
        event.clear();
        event.fixed64Field(TIME_FIELD, timeNanos > 0 ? timeNanos : saidAtNanos);
        event.textField(NAME_FIELD, EVENT_NAME);
        event.raw(attributes.array(), 0, attributes.size());
        draft.event(event.array(), 0, event.size());
        draft.keepBody();
    }
}
