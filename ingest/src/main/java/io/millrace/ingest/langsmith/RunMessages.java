package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.schema.span.Mark;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The items of one request, each read from its own bytes, so that one that is bad is refused alone. */
final class RunMessages {
    private static final String DIALECT = "langsmith";

    private final RequestSpans spans;
    private final RunReader run;
    private final FeedbackReader feedback;
    private final MessageId message;
    private int items;

    RunMessages(RequestContext context, int length) {
        spans = new RequestSpans(context, DIALECT, length);
        message = new MessageId(context.masking());
        run = new RunReader(spans);
        feedback = new FeedbackReader(spans);
    }

    RequestSpans spans() {
        return spans;
    }

    /** Refuses the next item, which is no run at all. */
    void refuse(String detail) {
        spans.refuse(items++, null, null, RefusalReason.MALFORMED, detail);
    }

    /**
     * Takes the run at whose first token the parser stands, and reads it to its end.
     *
     * @param id where the run itself need not say it; null otherwise
     */
    void run(RunOperation operation, @Nullable String id, JsonParser parser, JsonBody body) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            refuse("a run is an object");
            return;
        }
        SpanDraft draft = spans.draft();
        run.begin(draft, operation, id);
        message.begin();
        int from = Slice.start(parser, body);
        int depth = parser.getParsingContext().getNestingDepth();
        try {
            run.run(parser, body);
            say("", Slice.since(from, parser, body), body, draft);
            finish(operation, draft);
        } catch (MalformedSpan malformed) {
            JsonValues.leave(parser, depth);
            refuse(draft, malformed);
        }
    }

    /** Takes a run whose members came apart from it. */
    void run(FormRun sent, byte[] bytes) throws MalformedEnvelope {
        SpanDraft draft = spans.draft();
        try {
            try {
                read(sent, bytes, false);
            } catch (IOException broken) {
                read(sent, bytes, true);
            }
            finish(sent.operation(), draft);
        } catch (MalformedSpan malformed) {
            refuse(draft, malformed);
        } catch (IOException broken) {
            refuse(draft, JsonValues.wrongShape("a part that is no JSON"));
        }
    }

    /**
     * Reads all of a run into the draft, anew each time.
     *
     * @param mended whether to read its parts without halves of surrogate pairs
     */
    private void read(FormRun sent, byte[] bytes, boolean mended) throws IOException, MalformedSpan, MalformedEnvelope {
        SpanDraft draft = spans.draft();
        run.begin(draft, sent.operation(), sent.id());
        message.begin();
        Part main = sent.main();
        if (main != null) {
            part(body(main, bytes, mended), "", draft);
        }
        for (Map.Entry<String, Part> member : sent.members().entrySet()) {
            part(body(member.getValue(), bytes, mended), member.getKey(), draft);
        }
        for (Part file : sent.files()) {
            String name = sent.nameOf(file);
            message.add("attachment." + name, bytes, file.from(), file.length());
            message.add("", file.mime());
            String clean = draft.fileName(name);
            run.attachment(clean, file.mime(), file.length());
            if (draft.keepsFiles()) {
                draft.file(clean, file.mime(), bytes, file.from(), file.length());
            }
        }
    }

    private static JsonBody body(Part part, byte[] bytes, boolean mended) {
        JsonBody sent = new JsonBody(bytes, part.from(), part.length());
        JsonBody whole = mended ? sent.mended() : null;
        return whole == null ? sent : whole;
    }

    private void part(JsonBody body, String member, SpanDraft draft)
            throws IOException, MalformedSpan, MalformedEnvelope {
        try (JsonParser parser = body.parser()) {
            JsonToken first = parser.nextToken();
            if (first == null || member.isEmpty() && first != JsonToken.START_OBJECT) {
                throw JsonValues.wrongShape("a part that is no JSON object");
            }
            if (member.isEmpty()) {
                run.run(parser, body);
            } else {
                run.member(member, parser, body);
            }
            if (parser.nextToken() != null) {
                throw JsonValues.wrongShape("a part that goes on behind its JSON");
            }
        }
        say(member, new Slice(body.bytes(), body.from(), body.end() - body.from()), body, draft);
    }

    private void say(String member, Slice slice, JsonBody body, SpanDraft draft) {
        message.add(member, slice.bytes(), slice.from(), slice.length());
        if (body.repaired() && body.holdsReplacement(slice.from(), slice.from() + slice.length())) {
            draft.mark(Mark.BAD_UTF8);
        }
    }

    private void finish(RunOperation operation, SpanDraft draft) throws MalformedSpan {
        String id = run.ids().run;
        message.add(operation.name(), id == null ? "" : id);
        message.end();
        run.finish(message);
        spans.accept(items, draft);
        items++;
    }

    private void refuse(SpanDraft draft, MalformedSpan malformed) {
        draft.sentIds(run.ids().saidTrace(), run.ids().run);
        spans.refuse(items++, draft, malformed.reason(), malformed.detail());
    }

    /** What the message of the run read last says of the run's trace; null: nothing. */
    @Nullable
    String saidTrace() {
        return run.ids().saidTrace();
    }

    /** Takes the feedback at whose first token the parser stands, and reads it to its end. */
    void feedback(JsonParser parser, JsonBody body) throws IOException {
        feedback(parser, body, new HashMap<>());
    }

    /** Takes the feedback of a part of a form. */
    void feedback(Part part, byte[] bytes, Map<String, String> traces) throws MalformedEnvelope {
        try {
            try {
                feedback(body(part, bytes, false), traces);
            } catch (IOException broken) {
                feedback(body(part, bytes, true), traces);
            }
        } catch (IOException broken) {
            refuse("a part that is no JSON");
        }
    }

    private void feedback(JsonBody body, Map<String, String> traces) throws IOException, MalformedEnvelope {
        try (JsonParser parser = body.parser()) {
            parser.nextToken();
            feedback(parser, body, traces);
        }
    }

    private void feedback(JsonParser parser, JsonBody body, Map<String, String> traces) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            refuse("a feedback is an object");
            return;
        }
        SpanDraft draft = spans.draft();
        feedback.begin();
        message.begin();
        int from = Slice.start(parser, body);
        int depth = parser.getParsingContext().getNestingDepth();
        try {
            feedback.read(parser, body);
            say("feedback", Slice.since(from, parser, body), body, draft);
            message.end();
            feedback.finish(draft, message, traces);
            spans.accept(items, draft);
            items++;
        } catch (MalformedSpan malformed) {
            JsonValues.leave(parser, depth);
            spans.refuse(items++, draft, malformed.reason(), malformed.detail());
        }
    }
}
