package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.WireWriter;
import io.millrace.schema.span.Mark;
import io.millrace.schema.wire.Event;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The events of a run. Those of new tokens tell when the first one came, and are kept as long as there are not too many;
 * all others are kept. Reused from run to run.
 */
final class RunEvents {
    private static final String NEW_TOKEN = "new_token";
    /** A long answer's tokens could make its span longer than one may be, and all that it says would be lost. */
    private static final int MOST_BYTES = 1 << 20;

    private final WireWriter encoded = new WireWriter(256);
    private final AttributeWriter attributes = new AttributeWriter(encoded, Event.ATTRIBUTES_FIELD_NUMBER);

    private @Nullable SpanDraft draft;
    private long firstToken;
    private long latest;
    private long keptBytes;

    void begin(SpanDraft to) {
        draft = to;
        firstToken = 0;
        latest = 0;
        keptBytes = 0;
    }

    /** Nanoseconds since the epoch; 0: no event tells it. */
    long firstToken() {
        return firstToken;
    }

    /** The time of the latest event, nanoseconds since the epoch. */
    long latest() {
        return latest;
    }

    /** Reads the array at which the parser stands. */
    void read(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                event(parser, body);
            } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
                throw JsonValues.wrongShape("an event is no object");
            }
        }
    }

    private void event(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        encoded.clear();
        boolean token = false;
        long time = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            if (name.equals("name") && parser.currentToken() == JsonToken.VALUE_STRING) {
                token = parser.getText().equals(NEW_TOKEN);
                JsonValues.text(parser, encoded, Event.NAME_FIELD_NUMBER, "an event's name");
            } else if (name.equals("time") && parser.currentToken().isScalarValue()) {
                time = Math.max(0, RunTime.nanos(parser));
            } else if (name.equals("kwargs") && parser.currentToken() == JsonToken.START_OBJECT) {
                members(parser, body);
            } else {
                attributes.value(name, parser, body);
            }
        }
        encoded.fixed64Field(Event.TIME_UNIX_NANO_FIELD_NUMBER, time);
        latest = Math.max(latest, time);
        if (token && time > 0 && (firstToken == 0 || time < firstToken)) {
            firstToken = time;
        }
        if (draft != null) {
            keep(draft, token);
        }
    }

    private void keep(SpanDraft to, boolean token) throws MalformedSpan {
        if (token && keptBytes + encoded.size() > MOST_BYTES) {
            to.mark(Mark.TRUNCATED);
            return;
        }
        keptBytes += encoded.size();
        to.event(encoded.array(), 0, encoded.size());
    }

    private void members(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            attributes.value(name, parser, body);
        }
    }
}
