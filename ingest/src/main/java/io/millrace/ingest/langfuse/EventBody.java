package io.millrace.ingest.langfuse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.otlp.AttributeMapping;
import io.millrace.ingest.otlp.LangfuseKeys;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an event says of a trace or of an observation. All but ids, times and the name is written as attributes; a member
 * that nobody knows is one, too. Reused from event to event.
 */
final class EventBody {
    private static final String SENT_ENVIRONMENT = LangfuseKeys.ENVIRONMENT + ".sent";

    private final AttributeList attributes;
    private final CallUsage usage = new CallUsage();

    @Nullable
    String id;

    @Nullable
    String traceId;

    @Nullable
    String parentId;

    @Nullable
    String name;
    /** Of what type the observation is, where the body tells it. */
    @Nullable
    String type;

    long startNanos;
    long endNanos;
    long firstTokenAtNanos;

    EventBody(int maxNesting) {
        attributes = new AttributeList(AttributeMapping.ATTRIBUTE_FIELD, maxNesting);
    }

    AttributeList attributes() {
        return attributes;
    }

    /** Reads the body of {@code head}. */
    void read(JsonBody body, EventHead head, EventType event) throws IOException, MalformedSpan, MalformedEnvelope {
        clear();
        type = event.observation();
        int from = head.bodyFrom();
        try (JsonParser parser = body.parser(from, head.bodyEnd())) {
            JsonCursor at = new JsonCursor(parser, body.bytes(), from);
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String member = parser.currentName();
                parser.nextToken();
                boolean known = common(member, at, event)
                        || (event.subject() == EventType.Subject.TRACE
                                ? ofTrace(member, at)
                                : ofObservation(member, at));
                if (!known) {
                    attributes.value(place(event) + member, at);
                }
            }
        }
        usage.finish(attributes, body);
        if (type != null) {
            attributes.text(LangfuseKeys.TYPE, type);
        }
    }

    private void clear() {
        attributes.clear();
        usage.clear();
        id = null;
        traceId = null;
        parentId = null;
        name = null;
        startNanos = 0;
        endNanos = 0;
        firstTokenAtNanos = 0;
    }

    private static String place(EventType event) {
        return event.subject() == EventType.Subject.TRACE ? LangfuseKeys.TRACE : LangfuseKeys.OBSERVATION;
    }

    /** Whether the member is one that traces and observations have. */
    private boolean common(String member, JsonCursor at, EventType event) throws IOException, MalformedSpan {
        switch (member) {
            case "id" -> id = text(at, member);
            case "name" -> name = text(at, member);
            case "environment" -> environment(at);
            case "input" -> attributes.payload(LangfuseKeys.INPUT, at);
            case "output" -> attributes.payload(LangfuseKeys.OUTPUT, at);
            case "metadata" -> attributes.members(place(event) + LangfuseKeys.METADATA, at);
            case "version" -> attributes.scalar(LangfuseKeys.VERSION, at);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean ofTrace(String member, JsonCursor at) throws IOException, MalformedSpan {
        switch (member) {
            case "timestamp" -> startNanos = time(at, member);
            case "userId" -> attributes.scalar(LangfuseKeys.USER_ID, at);
            case "sessionId" -> attributes.scalar(LangfuseKeys.SESSION_ID, at);
            case "release" -> attributes.scalar(LangfuseKeys.RELEASE, at);
            case "tags" -> attributes.scalar(LangfuseKeys.TAGS, at);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean ofObservation(String member, JsonCursor at) throws IOException, MalformedSpan {
        switch (member) {
            case "type" -> type(at);
            case "traceId" -> traceId = text(at, member);
            case "parentObservationId" -> parentId = text(at, member);
            case "startTime" -> startNanos = time(at, member);
            case "endTime" -> endNanos = time(at, member);
            case "completionStartTime" -> firstTokenAtNanos = time(at, member);
            case "level" -> attributes.scalar(LangfuseKeys.LEVEL, at);
            case "statusMessage" -> attributes.scalar(LangfuseKeys.STATUS_MESSAGE, at);
            case "model" -> attributes.scalar(LangfuseKeys.MODEL, at);
            case "modelParameters" -> attributes.payload(LangfuseKeys.MODEL_PARAMETERS, at);
            case "promptName" -> attributes.scalar(LangfuseKeys.PROMPT_NAME, at);
            case "promptVersion" -> attributes.scalar(LangfuseKeys.PROMPT_VERSION, at);
            case "usage" -> usage.first(attributes, at);
            case "usageDetails" -> usage.details(attributes, at);
            case "costDetails" -> usage.costs(attributes, at);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** The event's own type is believed before the body's. */
    private void type(JsonCursor at) throws IOException, MalformedSpan {
        String told = text(at, "type");
        if (type == null && told != null) {
            type = told.toLowerCase(Locale.ROOT);
        }
    }

    private void environment(JsonCursor at) throws IOException, MalformedSpan {
        String sent = text(at, "environment");
        if (sent != null && !sent.isBlank()) {
            String known = EnvironmentName.of(sent);
            attributes.text(LangfuseKeys.ENVIRONMENT, known);
            if (EnvironmentName.replaces(known, sent)) {
                attributes.text(SENT_ENVIRONMENT, sent);
            }
        }
    }

    private static @Nullable String text(JsonCursor at, String member) throws IOException, MalformedSpan {
        JsonToken token = at.parser().currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (!token.isScalarValue()) {
            throw JsonValues.wrongShape(member + " is no text");
        }
        return at.parser().getText();
    }

    private static long time(JsonCursor at, String member) throws IOException, MalformedSpan {
        if (at.parser().currentToken().isNumeric()) {
            throw JsonValues.wrongShape(member + " is no RFC 3339 time");
        }
        return JsonValues.time(at.parser(), member);
    }
}
