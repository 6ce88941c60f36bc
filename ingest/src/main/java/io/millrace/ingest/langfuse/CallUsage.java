package io.millrace.ingest.langfuse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.otlp.LangfuseKeys;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import java.io.IOException;

/**
 * What a call used and what it cost. SDKs have told it in two forms, and some tell both; the later form counts, and an empty
 * object is none. Reused from event to event.
 */
final class CallUsage {
    private static final String FIRST_FORM = LangfuseKeys.OBSERVATION + "usage";

    private final Slice first = new Slice();
    private boolean counted;
    private boolean priced;

    void clear() {
        first.clear();
        counted = false;
        priced = false;
    }

    /** Takes {@code usage}, for when it is known whether there is a later form. */
    void first(AttributeList attributes, JsonCursor at) throws IOException, MalformedSpan {
        if (!first.read(at)) {
            attributes.scalar(FIRST_FORM, at);
        }
    }

    /** Takes {@code usageDetails}. */
    void details(AttributeList attributes, JsonCursor at) throws IOException, MalformedSpan {
        counted |= later(LangfuseKeys.USAGE_DETAILS, attributes, at);
    }

    /** Takes {@code costDetails}. */
    void costs(AttributeList attributes, JsonCursor at) throws IOException, MalformedSpan {
        priced |= later(LangfuseKeys.COST_DETAILS, attributes, at);
    }

    private static boolean later(String key, AttributeList attributes, JsonCursor at)
            throws IOException, MalformedSpan {
        Slice object = new Slice();
        if (!object.read(at)) {
            attributes.value(key, at);
        } else if (object.isPresent()) {
            attributes.json(key, at.bytes(), object.from, object.end);
        }
        return object.isPresent();
    }

    /** Adds what only the first form tells; what is told twice, or is no tokens, stays as it was sent. */
    void finish(AttributeList attributes, JsonBody body) throws IOException, MalformedEnvelope {
        if (!first.isPresent()) {
            return;
        }
        FirstUsage usage;
        try (JsonParser parser = body.parser(first.from, first.end)) {
            usage = FirstUsage.read(new JsonCursor(parser, body.bytes(), first.from));
        }
        boolean counts = !counted && usage.countsTokens();
        boolean costs = !priced || usage.costs().isEmpty();
        if (counts && !usage.counts().isEmpty()) {
            attributes.text(LangfuseKeys.USAGE_DETAILS, usage.counts());
        }
        if (!priced && !usage.costs().isEmpty()) {
            attributes.text(LangfuseKeys.COST_DETAILS, usage.costs());
        }
        if (!counts || !costs) {
            attributes.json(FIRST_FORM, body.bytes(), first.from, first.end);
        }
    }

    /** Where an object stands that is not empty. */
    private static final class Slice {
        private int from;
        private int end;

        void clear() {
            end = 0;
        }

        boolean isPresent() {
            return end > 0;
        }

        /** Whether the value at the cursor is an object, which is then passed. */
        boolean read(JsonCursor at) throws IOException {
            JsonParser parser = at.parser();
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                return false;
            }
            int begin = at.from();
            int depth = parser.getParsingContext().getNestingDepth();
            if (parser.nextToken() != JsonToken.END_OBJECT) {
                JsonValues.leave(parser, depth);
                from = begin;
                end = at.end();
            }
            return true;
        }
    }
}
