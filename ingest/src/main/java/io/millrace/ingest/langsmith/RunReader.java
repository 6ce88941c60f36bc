package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.otlp.AttributeMapping;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.ingest.span.WireWriter;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.span.SpanStatus;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what one message says of a run. It becomes a partial message of a span: whatever the message does not say is
 * not set. A member that fills no field stays an attribute. Reused from run to run.
 */
final class RunReader {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final AttributeMapping conventions;
    private final WireWriter encoded = new WireWriter(1024);
    private final AttributeWriter attributes = new AttributeWriter(encoded, AttributeMapping.ATTRIBUTE_FIELD);
    private final RunIds ids;
    private final RunExtra extra;
    private final RunEvents events = new RunEvents();
    private final ModelCall call = new ModelCall();
    private final RunTexts texts;

    private SpanDraft draft;
    private RunOperation operation = RunOperation.POST;
    private boolean whole;
    private boolean named;
    private long start;
    private long end;
    private long firstToken;
    private @Nullable String runType;

    RunReader(RequestSpans spans) {
        RequestContext context = spans.context();
        conventions = new AttributeMapping(context);
        ids = new RunIds(context.project());
        extra = new RunExtra(spans, call, attributes);
        draft = spans.draft();
        texts = new RunTexts(draft, call);
    }

    /** @param id where the message itself need not say it; null otherwise */
    void begin(SpanDraft to, RunOperation as, @Nullable String id) {
        draft = to;
        operation = as;
        whole = false;
        named = id != null;
        start = 0;
        end = 0;
        firstToken = 0;
        runType = null;
        encoded.clear();
        ids.clear();
        ids.run = id;
        extra.begin();
        events.begin(draft);
        texts.begin(draft);
        call.clear();
    }

    RunIds ids() {
        return ids;
    }

    /** Reads the object at which the parser stands, to its end. */
    void run(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        whole = operation == RunOperation.POST;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            member(name, parser, body);
        }
    }

    /** Reads one member's value, at which the parser stands, to its end. A null says nothing. */
    void member(String name, JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        switch (name) {
            case "id" -> {
                String id = id(parser, name);
                ids.run = named ? ids.run : id;
            }
            case "trace_id" -> ids.trace = id(parser, name);
            case "parent_run_id" -> ids.parent = id(parser, name);
            case "dotted_order" -> ids.order = id(parser, name);
            case "start_time" -> start = time(parser, name);
            case "end_time" -> end = time(parser, name);
            case "first_token_time" -> firstToken = earlier(firstToken, Math.max(0, RunTime.nanos(parser)));
            case "name" -> {
                if (parser.currentToken().isScalarValue()) {
                    texts.name(parser);
                } else {
                    keep(name, parser, body);
                }
            }
            case "run_type" -> runType(parser, body);
            case "inputs" -> texts.payload(TextField.INPUT, parser, body);
            case "outputs" -> texts.payload(TextField.OUTPUT, parser, body);
            case "error" -> texts.error(parser, body);
            case "status" -> status(parser, body);
            case "tags" -> {
                if (parser.currentToken() == JsonToken.START_ARRAY) {
                    texts.tags(parser);
                } else {
                    keep(name, parser, body);
                }
            }
            default -> rest(name, parser, body);
        }
    }

    private void rest(String name, JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        switch (name) {
            case "extra" -> {
                if (parser.currentToken() == JsonToken.START_OBJECT) {
                    extra.read(parser, body);
                } else {
                    keep(name, parser, body);
                }
            }
            case "events" -> {
                if (parser.currentToken() == JsonToken.START_ARRAY) {
                    events.read(parser, body);
                } else {
                    keep(name, parser, body);
                }
            }
            case "prompt_tokens", "completion_tokens", "total_tokens" ->
                call.answer().totals().take(name, parser);
            case "total_cost" -> attributes.value("gen_ai.usage.cost", parser, body);
            case "session_name" -> attributes.value("langsmith.trace.session_name", parser, body);
            // Each of them is sent by itself as well.
            case "child_runs", "child_run_ids", "parent_run_ids" -> parser.skipChildren();
            default -> keep(name, parser, body);
        }
    }

    /** Keeps a member that has no field. An object of nothing, which the SDKs send for want of one, is none. */
    private void keep(String name, JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            attributes.value("langsmith." + name, parser, body);
            return;
        }
        Slice slice = Slice.of(parser, body);
        if (slice.length() > 2) {
            attributes.json("langsmith." + name, slice);
        }
    }

    private static String id(JsonParser parser, String name) throws IOException, MalformedSpan {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw JsonValues.wrongShape(name + " is no string");
        }
        return parser.getText();
    }

    private static long time(JsonParser parser, String name) throws IOException, MalformedSpan {
        long nanos = RunTime.nanos(parser);
        if (nanos == RunTime.UNREADABLE) {
            throw JsonValues.wrongShape(name + " is neither ISO 8601 nor milliseconds since the epoch");
        }
        return nanos;
    }

    private void runType(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        runType = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
        attributes.value("langsmith.span.kind", parser, body);
    }

    /** Only exports of the server say it; the SDKs say an error, or none. */
    private void status(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        String status = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
        switch (status) {
            case "error" -> draft.status(SpanStatus.ERROR);
            case "success" -> {
                if (draft.status() == SpanStatus.UNSET) {
                    draft.status(SpanStatus.OK);
                }
            }
            default -> keep("status", parser, body);
        }
    }

    /** A file came with the run. Its bytes are none of the span's. */
    void attachment(String name, String mime, int bytes) {
        attributes.file("attachment." + name, mime, bytes);
    }

    /** Nothing more is said. The message's id must be complete. */
    void finish(MessageId message) throws MalformedSpan {
        ids.fill(draft, whole);
        if (events.firstToken() > 0) {
            call.streamed();
        }
        call.write(attributes, runType, extra.namesModel());
        draft.times(start, endOnceStarted());
        draft.firstTokenAtNanos(earlier(firstToken, events.firstToken()));
        conventions.read(draft, encoded.array(), encoded.size());
        if (runType == null && !whole) {
            // Another message of the run says it, and this one knows too little to guess.
            draft.kind(SpanKind.SPAN);
        }
        extra.origin(draft);
        draft.partial(saidAt(), operation == RunOperation.PATCH, message.high(), message.low());
    }

    /**
     * Some SDKs write a start's microseconds, which number the runs of a millisecond, and of an end only the
     * milliseconds: one that is less within the same millisecond is no earlier.
     */
    private long endOnceStarted() {
        boolean same = start / NANOS_PER_MILLI == end / NANOS_PER_MILLI;
        return same ? Math.max(start, end) : end;
    }

    /**
     * Whatever creates a run comes before all that adds to it; of the latter, what tells the later time is the later
     * one.
     */
    private long saidAt() {
        return operation == RunOperation.POST ? 0 : Math.max(Math.max(start, end), events.latest());
    }

    private static long earlier(long one, long other) {
        return one == 0 || other != 0 && other < one ? other : one;
    }
}
