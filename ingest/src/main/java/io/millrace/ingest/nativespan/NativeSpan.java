package io.millrace.ingest.nativespan;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonAttribute;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.OriginDraft;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.ingest.span.WireWriter;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.usage.TokenCount;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.wire.Event;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads one native span. Its members are those of the trace API, in snake case; members that are none of them are kept as
 * attributes. Usage is given in disjoint buckets, by their labels.
 */
final class NativeSpan {
    private static final double NANOS_PER_MILLI = 1e6;

    private final RequestSpans spans;
    private final WireWriter scratch = new WireWriter(1024);
    private final JsonAttribute attribute;
    private final long deliveredAtNanos;
    private final long[] tokens = new long[UsageBucket.COUNT];

    private @Nullable String traceId;
    private @Nullable String spanId;
    private @Nullable String parentId;
    private @Nullable SpanKind kind;
    private long start;
    private long end;
    private boolean used;
    private boolean modelled;
    private OriginDraft origin;

    /** @param deliveredAtNanos the time of spans that have none; 0: they are refused */
    NativeSpan(RequestSpans spans, long deliveredAtNanos) {
        this.spans = spans;
        this.deliveredAtNanos = deliveredAtNanos;
        this.attribute = new JsonAttribute(scratch, spans.context().limits().maxNesting());
        this.origin = new OriginDraft(spans.context());
    }

    /**
     * Reads the object at whose opening brace the parser stands, to its end.
     *
     * @return why it is no span; null: it is one
     */
    @Nullable
    MalformedSpan read(JsonParser parser, JsonBody body, SpanDraft draft) throws IOException {
        clear();
        int depth = parser.getParsingContext().getNestingDepth();
        try {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                member(parser, body, draft, name);
            }
            finish(draft);
            return null;
        } catch (MalformedSpan malformed) {
            JsonValues.leave(parser, depth);
            draft.sentIds(traceId, spanId);
            return malformed;
        }
    }

    private void clear() {
        scratch.clear();
        Arrays.fill(tokens, 0);
        traceId = null;
        spanId = null;
        parentId = null;
        kind = null;
        start = 0;
        end = 0;
        used = false;
        modelled = false;
        origin = new OriginDraft(spans.context());
    }

    private void member(JsonParser parser, JsonBody body, SpanDraft draft, String name)
            throws IOException, MalformedSpan {
        switch (name) {
            case "trace_id" -> traceId = string(parser, name);
            case "span_id", "id" -> spanId = string(parser, name);
            case "parent_id", "parent_span_id" -> parentId = string(parser, name);
            case "kind" -> kind = kind(string(parser, name));
            case "start", "start_time" -> start = JsonValues.time(parser, name);
            case "end", "end_time" -> end = JsonValues.time(parser, name);
            case "status" -> draft.status(status(string(parser, name)));
            case "usage" -> usage(parser, body, draft);
            case "input" -> payload(parser, body, draft, TextField.INPUT);
            case "output" -> payload(parser, body, draft, TextField.OUTPUT);
            case "attributes" -> attributes(parser, body, draft);
            case "events" -> events(parser, body, draft);
            case "tags" -> tags(parser, draft);
            case "finish_reasons" -> finishReasons(parser, draft);
            case "streaming" -> draft.streaming(JsonValues.bool(parser, name));
            case "time_to_first_token_ms" -> firstToken(JsonValues.number(parser, name), draft);
            case "cost_usd", "reported_cost_usd" -> cost(parser, draft, name);
            case "service_name" -> origin(parser, OriginDraft.Field.SERVICE_NAME, name);
            case "service_version" -> origin(parser, OriginDraft.Field.SERVICE_VERSION, name);
            default -> {
                TextField field = field(name);
                if (field != null) {
                    text(parser, body, draft, field, name);
                } else {
                    keep(parser, body, draft, name);
                }
            }
        }
    }

    private static @Nullable TextField field(String name) {
        return switch (name) {
            case "name" -> TextField.NAME;
            case "model", "response_model" -> TextField.RESPONSE_MODEL;
            case "request_model" -> TextField.REQUEST_MODEL;
            case "provider" -> TextField.PROVIDER;
            case "operation" -> TextField.OPERATION;
            case "status_message" -> TextField.STATUS_MESSAGE;
            case "session_id" -> TextField.SESSION_ID;
            case "user_id" -> TextField.USER_ID;
            case "environment" -> TextField.ENVIRONMENT;
            case "release" -> TextField.RELEASE;
            case "prompt_name" -> TextField.PROMPT_NAME;
            case "prompt_version" -> TextField.PROMPT_VERSION;
            case "service_tier" -> TextField.SERVICE_TIER;
            case "level" -> TextField.LEVEL;
            case "error_type" -> TextField.ERROR_TYPE;
            case "trace_state" -> TextField.TRACE_STATE;
            default -> null;
        };
    }

    private static @Nullable String string(JsonParser parser, String name) throws IOException, MalformedSpan {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> parser.getText();
            default -> throw JsonValues.wrongShape(name + " is no string");
        };
    }

    private static @Nullable SpanKind kind(@Nullable String label) throws MalformedSpan {
        if (label == null) {
            return null;
        }
        for (SpanKind kind : SpanKind.values()) {
            if (kind.label().equals(label.toLowerCase(Locale.ROOT))) {
                return kind;
            }
        }
        throw JsonValues.wrongShape("kind is none of llm, embedding, retriever, reranker, tool, agent, chain, "
                + "guardrail, evaluator, event, span");
    }

    private static SpanStatus status(@Nullable String label) throws MalformedSpan {
        return switch (label == null ? "unset" : label.toLowerCase(Locale.ROOT)) {
            case "unset" -> SpanStatus.UNSET;
            case "ok" -> SpanStatus.OK;
            case "error" -> SpanStatus.ERROR;
            default -> throw JsonValues.wrongShape("status is none of unset, ok, error");
        };
    }

    private void usage(JsonParser parser, JsonBody body, SpanDraft draft) throws IOException, MalformedSpan {
        if (!JsonValues.isObject(parser, "usage")) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            UsageBucket bucket = bucket(name);
            if (bucket == null) {
                // A count that fits no bucket is not guessed at, but neither is it lost.
                draft.mark(Mark.USAGE_SUSPECT);
                keep(parser, body, draft, "usage." + name);
            } else {
                count(parser, draft, bucket);
            }
        }
    }

    private static @Nullable UsageBucket bucket(String name) {
        if (name.equals("input_cache_write")) {
            return UsageBucket.INPUT_CACHE_WRITE_5M;
        }
        for (UsageBucket bucket : UsageBucket.values()) {
            if (bucket.label().equals(name)) {
                return bucket;
            }
        }
        return null;
    }

    private void count(JsonParser parser, SpanDraft draft, UsageBucket bucket) throws IOException, MalformedSpan {
        long count = switch (parser.currentToken()) {
            case VALUE_NULL -> TokenCount.ABSENT;
            case VALUE_STRING -> TokenCount.of(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> TokenCount.of(parser.getDoubleValue());
            default -> throw JsonValues.wrongShape("a number of tokens is no number");
        };
        if (count == TokenCount.UNUSABLE) {
            draft.mark(Mark.USAGE_SUSPECT);
        } else if (count != TokenCount.ABSENT) {
            tokens[bucket.ordinal()] = count;
            used = true;
        }
    }

    /** A string is the payload; any other value is kept as the JSON that was sent. */
    private static void payload(JsonParser parser, JsonBody body, SpanDraft draft, TextField field)
            throws IOException, MalformedSpan {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        byte[] key = field.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            byte[] text = parser.getText().getBytes(StandardCharsets.UTF_8);
            if (draft.text(field, text, 0, text.length)) {
                draft.truncatedFrom(key, 0, key.length, text.length);
            }
            return;
        }
        int from = body.from() + (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        if (parser.currentToken().isScalarValue()) {
            draft.text(field, parser.getText());
            return;
        }
        int end = body.from() + (int) parser.currentLocation().getByteOffset();
        if (draft.text(field, body.bytes(), from, end - from)) {
            draft.truncatedFrom(key, 0, key.length, end - from);
        }
    }

    private void attributes(JsonParser parser, JsonBody body, SpanDraft draft) throws IOException, MalformedSpan {
        if (!JsonValues.isObject(parser, "attributes")) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            keep(parser, body, draft, name);
        }
    }

    private void keep(JsonParser parser, JsonBody body, SpanDraft draft, String name)
            throws IOException, MalformedSpan {
        scratch.clear();
        write(parser, body, name);
        draft.attribute(scratch.array(), 0, scratch.size());
    }

    /** Nobody reads the answer to a delivery: what is nested too deep for an attribute is its JSON, and nothing is lost. */
    private void write(JsonParser parser, JsonBody body, String name) throws IOException, MalformedSpan {
        if (deliveredAtNanos == 0) {
            attribute.writeMembers(parser, name);
        } else {
            attribute.writeMembersOrJson(parser, name, body.bytes(), body.from());
        }
    }

    private void events(JsonParser parser, JsonBody body, SpanDraft draft) throws IOException, MalformedSpan {
        if (!JsonValues.isArray(parser, "events")) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (JsonValues.isObject(parser, "an event")) {
                scratch.clear();
                event(parser, body);
                draft.event(scratch.array(), 0, scratch.size());
            }
        }
    }

    /** As of the span, members that are none of an event are its attributes. */
    private void event(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "time", "timestamp" -> scratch.fixed64Field(1, JsonValues.time(parser, "an event's time"));
                case "name" -> JsonValues.text(parser, scratch, 2, "an event's name");
                case "attributes" -> eventAttributes(parser, body);
                default -> besides(parser, body, name);
            }
        }
    }

    private void eventAttributes(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        if (!JsonValues.isObject(parser, "attributes")) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            eventAttribute(parser, body, name);
        }
    }

    private void eventAttribute(JsonParser parser, JsonBody body, String name) throws IOException, MalformedSpan {
        int content = scratch.open(Event.ATTRIBUTES_FIELD_NUMBER);
        write(parser, body, name);
        scratch.close(content);
    }

    /** An event's other members never refuse its span: nobody promised anything of them. */
    private void besides(JsonParser parser, JsonBody body, String name) throws IOException, MalformedSpan {
        int content = scratch.open(Event.ATTRIBUTES_FIELD_NUMBER);
        attribute.writeMembersOrJson(parser, name, body.bytes(), body.from());
        scratch.close(content);
    }

    private static void tags(JsonParser parser, SpanDraft draft) throws IOException, MalformedSpan {
        if (!JsonValues.isArray(parser, "tags")) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String tag = string(parser, "a tag");
            if (tag != null) {
                byte[] utf8 = tag.getBytes(StandardCharsets.UTF_8);
                draft.tag(utf8, 0, utf8.length);
            }
        }
    }

    private static void finishReasons(JsonParser parser, SpanDraft draft) throws IOException, MalformedSpan {
        if (!JsonValues.isArray(parser, "finish_reasons")) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String reason = string(parser, "a finish reason");
            if (reason != null) {
                byte[] utf8 = reason.getBytes(StandardCharsets.UTF_8);
                draft.finishReason(utf8, 0, utf8.length);
            }
        }
    }

    private static void firstToken(double millis, SpanDraft draft) throws MalformedSpan {
        if (Double.isNaN(millis)) {
            return;
        }
        if (!(millis >= 0 && millis < Long.MAX_VALUE / NANOS_PER_MILLI)) {
            throw JsonValues.wrongShape("time_to_first_token_ms is no duration");
        }
        draft.timeToFirstTokenNanos(Math.round(millis * NANOS_PER_MILLI));
    }

    private static void cost(JsonParser parser, SpanDraft draft, String name) throws IOException, MalformedSpan {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (!parser.currentToken().isScalarValue() || parser.getTextLength() > 30) {
            throw JsonValues.wrongShape(name + " is no amount");
        }
        try {
            BigDecimal cost = new BigDecimal(parser.getText().strip());
            if (cost.signum() < 0 || Math.abs((long) cost.scale()) > 30) {
                throw JsonValues.wrongShape(name + " is no amount");
            }
            draft.text(TextField.REPORTED_COST_USD, cost.toPlainString());
        } catch (NumberFormatException notANumber) {
            throw JsonValues.wrongShape(name + " is no amount");
        }
    }

    private void origin(JsonParser parser, OriginDraft.Field field, String name) throws IOException, MalformedSpan {
        String text = string(parser, name);
        if (text != null) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            origin.text(field, utf8, 0, utf8.length);
        }
    }

    /** Sets a column; numbers are taken as their text, since prompt versions and user ids often are numbers. */
    private void text(JsonParser parser, JsonBody body, SpanDraft draft, TextField field, String name)
            throws IOException, MalformedSpan {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (!parser.currentToken().isScalarValue()) {
            throw JsonValues.wrongShape(name + " is no string");
        }
        if (draft.text(field, parser.getText())) {
            keep(parser, body, draft, name);
        }
        modelled |= (field == TextField.RESPONSE_MODEL || field == TextField.REQUEST_MODEL) && draft.has(field);
    }

    private void finish(SpanDraft draft) throws MalformedSpan {
        ids(draft);
        SpanKind is = kind != null ? kind : modelled || used ? SpanKind.LLM : SpanKind.SPAN;
        draft.kind(is);
        if (start == 0 && end == 0 && deliveredAtNanos != 0) {
            draft.timeOfDelivery(deliveredAtNanos);
        } else {
            draft.times(start, is == SpanKind.EVENT && end == 0 ? start : end);
        }
        if (used) {
            draft.usage(Usage.of(tokens));
        }
        if (draft.has(TextField.ERROR_TYPE)) {
            draft.status(SpanStatus.ERROR);
        }
        draft.marks(origin.marks());
        draft.origin(spans.origin(origin.build()));
    }

    private void ids(SpanDraft draft) throws MalformedSpan {
        draft.sentIds(traceId, spanId);
        String trace = traceId;
        String span = spanId;
        if (trace == null || trace.isEmpty() || span == null || span.isEmpty()) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, "a span has a trace_id and a span_id");
        }
        try {
            TraceId traceBytes = TraceId.parse(spans.context().project(), trace);
            SpanId spanBytes = SpanId.parse(spans.context().project(), span);
            draft.traceId(traceBytes.high(), traceBytes.low());
            draft.spanId(spanBytes.high(), spanBytes.low(), spanBytes.wide());
        } catch (IllegalArgumentException zeros) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, "an id of zeros");
        }
        if (!TraceId.isCanonical(trace)) {
            draft.text(TextField.EXTERNAL_TRACE_ID, trace);
        }
        if (!SpanId.isCanonical(span)) {
            draft.text(TextField.EXTERNAL_SPAN_ID, span);
        }
        parent(draft);
    }

    /** A parent of zeros is how some say that there is none. */
    private void parent(SpanDraft draft) {
        String parent = parentId;
        if (parent == null || parent.isEmpty() || parent.chars().allMatch(digit -> digit == '0' || digit == '-')) {
            return;
        }
        SpanId bytes = SpanId.parse(spans.context().project(), parent);
        draft.parentSpanId(bytes.high(), bytes.low(), bytes.wide());
    }
}
