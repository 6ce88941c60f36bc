package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.OriginDraft;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.WireWriter;
import io.millrace.schema.wire.Event;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a feedback, which becomes an event of its run: a message that says nothing else of it, and a note where it names the
 * trace, so that no run comes to be because somebody judged it. Reused from feedback to feedback.
 */
final class FeedbackReader {
    private static final String EVENT = "feedback";

    private final RequestSpans spans;
    private final RunIds ids;
    private final WireWriter encoded = new WireWriter(256);
    private final AttributeWriter attributes = new AttributeWriter(encoded, Event.ATTRIBUTES_FIELD_NUMBER);

    private long time;

    FeedbackReader(RequestSpans spans) {
        this.spans = spans;
        this.ids = new RunIds(spans.context().project());
    }

    void begin() {
        ids.clear();
        encoded.clear();
        time = 0;
        encoded.textField(Event.NAME_FIELD_NUMBER, EVENT);
    }

    /** Reads the object at which the parser stands, to its end. */
    void read(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "run_id" -> ids.run = id(parser, name);
                case "trace_id" -> ids.trace = id(parser, name);
                case "created_at" -> time = Math.max(0, RunTime.nanos(parser));
                default -> attributes.value(name, parser, body);
            }
        }
    }

    private static @Nullable String id(JsonParser parser, String name) throws IOException, MalformedSpan {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> parser.getText();
            default -> throw JsonValues.wrongShape(name + " is no string");
        };
    }

    /**
     * Nothing more is said. The message's id must be complete.
     *
     * @param traces those of the runs of the same request
     */
    void finish(SpanDraft draft, MessageId message, Map<String, String> traces) throws MalformedSpan {
        if (ids.run == null) {
            // A root's id is that of its trace.
            ids.run = ids.trace;
        }
        if (ids.run == null) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, "a feedback has a run_id or a trace_id");
        }
        if (ids.trace == null) {
            ids.trace = traces.get(ids.run);
        }
        ids.fill(draft, false);
        encoded.fixed64Field(Event.TIME_UNIX_NANO_FIELD_NUMBER, time);
        draft.event(encoded.array(), 0, encoded.size());
        draft.keepBody();
        draft.origin(spans.origin(new OriginDraft(spans.context()).build()));
        draft.partial(time, true, message.high(), message.low());
        if (ids.saidTrace() != null) {
            draft.note();
        }
    }
}
