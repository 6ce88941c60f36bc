package io.millrace.ingest.langfuse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.schema.id.TraceId;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event but for its body, of which it knows where it stands: members come in any order, and what the body means depends
 * on the type. Reused from event to event.
 */
final class EventHead {
    private @Nullable String id;
    private @Nullable String type;
    private @Nullable MalformedSpan badTime;
    private long saidAtNanos;
    private int bodyFrom;
    private int bodyEnd;

    /** Reads the object that begins at the cursor, to its end, whatever is in it. */
    void read(JsonCursor at) throws IOException {
        id = null;
        type = null;
        badTime = null;
        saidAtNanos = 0;
        bodyEnd = 0;
        JsonParser parser = at.parser();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "id" -> id = text(parser);
                case "type" -> type = text(parser);
                case "timestamp" -> time(parser);
                case "body" -> body(at);
                default -> parser.skipChildren();
            }
        }
    }

    private static @Nullable String text(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return null;
    }

    private void time(JsonParser parser) throws IOException {
        badTime = null;
        saidAtNanos = 0;
        if (parser.currentToken().isNumeric()) {
            return;
        }
        try {
            saidAtNanos = JsonValues.time(parser, "the timestamp of an event");
        } catch (MalformedSpan malformed) {
            badTime = malformed;
            parser.skipChildren();
        }
    }

    private void body(JsonCursor at) throws IOException {
        bodyEnd = 0;
        if (at.parser().currentToken() == JsonToken.START_OBJECT) {
            bodyFrom = at.from();
            at.parser().skipChildren();
            bodyEnd = at.end();
        } else {
            at.parser().skipChildren();
        }
    }

    /** The event's own id as it was sent; null when it has none. */
    @Nullable
    String id() {
        return id;
    }

    /** The event's own id in 16 bytes, by which it is known when it is sent again. */
    TraceId messageId(UUID project) throws MalformedSpan {
        String text = id;
        if (text == null || text.isEmpty()) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, "an event has an id");
        }
        try {
            return TraceId.parse(project, text);
        } catch (IllegalArgumentException zeros) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, "the id of an event is of zeros");
        }
    }

    EventType type() throws MalformedSpan {
        String name = type;
        if (name == null) {
            throw JsonValues.wrongShape("an event has a type");
        }
        EventType known = EventType.of(name);
        if (known == null) {
            throw new MalformedSpan(RefusalReason.NOT_AVAILABLE, "events of this type are not taken");
        }
        return known;
    }

    /** When the event was made, in nanoseconds since the epoch. */
    long saidAtNanos() throws MalformedSpan {
        if (badTime != null) {
            throw badTime;
        }
        if (saidAtNanos <= 0) {
            throw JsonValues.wrongShape("an event has a timestamp, RFC 3339, between 1970 and 2262");
        }
        return saidAtNanos;
    }

    int bodyFrom() throws MalformedSpan {
        if (bodyEnd == 0) {
            throw JsonValues.wrongShape("an event has a body, which is an object");
        }
        return bodyFrom;
    }

    int bodyEnd() {
        return bodyEnd;
    }
}
