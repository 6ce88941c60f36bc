package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.json.JsonReader;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.WireWriter;
import io.millrace.schema.span.Mark;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads OTLP/JSON token by token and writes each span as the Protobuf bytes that mean the same, which the one span
 * decoder then reads: both encodings cannot differ in what they mean. The members of an object may come in any order,
 * so the spans of a resource wait until the whole resource was read.
 */
final class OtlpJsonDecoder {
    private static final int RESOURCE_ATTRIBUTES = 1;
    private static final int SCOPE_NAME = 1;
    private static final int SCOPE_VERSION = 2;
    private static final int SCOPE_ATTRIBUTES = 3;

    private final JsonBody body;
    private final RequestSpans spans;
    private final SpanDecoder decoder;
    private final OriginDecoder origins;
    private final WireWriter bytes;
    private final OtlpJsonSpan span;

    private int resourceFrom;
    private int resourceEnd;
    private @Nullable MalformedSpan malformedResource;
    private int scopeCount;
    private int[] scopeFrom = new int[4];
    private int[] scopeEnd = new int[4];
    private int spanCount;
    private int[] spanScope = new int[16];
    private int[] spanFrom = new int[16];
    private int[] spanEnd = new int[16];
    private final Map<Integer, MalformedSpan> malformedScopes = new HashMap<>();
    private final Map<Integer, MalformedSpan> malformedSpans = new HashMap<>();

    private OtlpJsonDecoder(JsonBody body, int length, RequestContext context) {
        this.body = body;
        this.spans = new RequestSpans(context, OtlpEncoding.DIALECT, length / 2);
        this.decoder = new SpanDecoder(spans);
        this.origins = new OriginDecoder(spans);
        // The ids halve, names of members go: what is left is seldom more.
        this.bytes = new WireWriter(length - length / 4);
        this.span = new OtlpJsonSpan(bytes, context.limits().maxNesting());
    }

    static RequestSpans decode(byte[] body, int offset, int length, RequestContext context) throws MalformedEnvelope {
        OtlpJsonDecoder request = new OtlpJsonDecoder(new JsonBody(body, offset, length), length, context);
        try {
            request.request(request.body.reader());
        } catch (MalformedSpan malformed) {
            throw new MalformedEnvelope("the body is no ExportTraceServiceRequest: " + malformed.detail());
        }
        if (request.decoder.noneHadIds()) {
            throw OtlpEncoding.notTraces();
        }
        return request.spans;
    }

    private void request(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        if (reader.nextToken() != JsonToken.START_OBJECT) {
            throw new MalformedEnvelope("the body is no JSON object");
        }
        boolean traces = false;
        boolean others = false;
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            reader.nextToken();
            switch (name) {
                case "resourceSpans", "resource_spans" -> {
                    traces = true;
                    allResourceSpans(reader);
                }
                case "resourceLogs", "resource_logs", "resourceMetrics", "resource_metrics" -> {
                    others = true;
                    reader.skipChildren();
                }
                default -> reader.skipChildren();
            }
        }
        if (reader.nextToken() != null) {
            throw new MalformedEnvelope("the body goes on after its JSON object");
        }
        if (others && !traces) {
            throw OtlpEncoding.notTraces();
        }
    }

    private void allResourceSpans(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        if (!reader.isArray("resourceSpans")) {
            return;
        }
        while (reader.nextToken() != JsonToken.END_ARRAY) {
            if (reader.isObject("an element of resourceSpans")) {
                resourceSpans(reader);
            }
        }
    }

    private void resourceSpans(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        bytes.clear();
        resourceFrom = 0;
        resourceEnd = 0;
        malformedResource = null;
        scopeCount = 0;
        spanCount = 0;
        malformedScopes.clear();
        malformedSpans.clear();
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            reader.nextToken();
            switch (name) {
                case "resource" -> resource(reader);
                case "scopeSpans", "scope_spans" -> allScopeSpans(reader);
                default -> reader.skipChildren();
            }
        }
        decodeSpans();
    }

    /** Writes a resource, and leaves the reader at its end whether or not it can be written. */
    private void resource(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        if (!reader.isObject("resource")) {
            return;
        }
        int depth = reader.depth();
        malformedResource = null;
        resourceFrom = bytes.size();
        try {
            resourceMembers(reader);
        } catch (MalformedSpan malformed) {
            malformedResource = malformed;
            reader.leave(depth);
        }
        resourceEnd = bytes.size();
    }

    private void resourceMembers(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            reader.nextToken();
            if (name.equals("attributes")) {
                span.attributes(reader, RESOURCE_ATTRIBUTES);
            } else {
                reader.skipChildren();
            }
        }
    }

    private void allScopeSpans(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        if (!reader.isArray("scopeSpans")) {
            return;
        }
        while (reader.nextToken() != JsonToken.END_ARRAY) {
            if (reader.isObject("an element of scopeSpans")) {
                scopeSpans(reader);
            }
        }
    }

    private void scopeSpans(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        if (scopeCount == scopeFrom.length) {
            scopeFrom = Arrays.copyOf(scopeFrom, scopeCount * 2);
            scopeEnd = Arrays.copyOf(scopeEnd, scopeCount * 2);
        }
        scopeFrom[scopeCount] = 0;
        scopeEnd[scopeCount] = 0;
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            reader.nextToken();
            switch (name) {
                case "scope" -> scope(reader);
                case "spans" -> scopeSpanArray(reader);
                default -> reader.skipChildren();
            }
        }
        scopeCount++;
    }

    /** Writes a scope, and leaves the reader at its end whether or not it can be written. */
    private void scope(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        if (!reader.isObject("scope")) {
            return;
        }
        int depth = reader.depth();
        malformedScopes.remove(scopeCount);
        scopeFrom[scopeCount] = bytes.size();
        try {
            scopeMembers(reader);
        } catch (MalformedSpan malformed) {
            malformedScopes.put(scopeCount, malformed);
            reader.leave(depth);
        }
        scopeEnd[scopeCount] = bytes.size();
    }

    private void scopeMembers(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            reader.nextToken();
            switch (name) {
                case "name" -> reader.text(bytes, SCOPE_NAME, "the scope's name");
                case "version" -> reader.text(bytes, SCOPE_VERSION, "the scope's version");
                case "attributes" -> span.attributes(reader, SCOPE_ATTRIBUTES);
                default -> reader.skipChildren();
            }
        }
    }

    private void scopeSpanArray(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        if (!reader.isArray("spans")) {
            return;
        }
        while (reader.nextToken() != JsonToken.END_ARRAY) {
            decoder.checkRoom(spanCount);
            int from = bytes.size();
            span(reader);
            addSpan(from);
        }
    }

    /** Writes the element at which the reader stands, and leaves the reader at its end whether or not it is a span. */
    private void span(JsonReader reader) throws MalformedEnvelope {
        if (reader.currentToken() != JsonToken.START_OBJECT) {
            reader.skipChildren();
            malformedSpans.put(spanCount, JsonValues.wrongShape("the span is no object"));
            return;
        }
        int depth = reader.depth();
        try {
            span.write(reader);
        } catch (MalformedSpan malformed) {
            malformedSpans.put(spanCount, malformed);
            reader.leave(depth);
        }
    }

    private void addSpan(int from) {
        if (spanCount == spanFrom.length) {
            spanScope = Arrays.copyOf(spanScope, spanCount * 2);
            spanFrom = Arrays.copyOf(spanFrom, spanCount * 2);
            spanEnd = Arrays.copyOf(spanEnd, spanCount * 2);
        }
        spanScope[spanCount] = scopeCount;
        spanFrom[spanCount] = from;
        spanEnd[spanCount] = bytes.size();
        spanCount++;
    }

    private void decodeSpans() {
        if (spanCount == 0) {
            return;
        }
        byte[] array = bytes.array();
        if (malformedResource == null) {
            origins.resource(array, resourceFrom, resourceEnd - resourceFrom);
        } else {
            origins.resource(malformedResource);
        }
        int scope = spanScope[0];
        SpanSource source = source(scope);
        for (int i = 0; i < spanCount; i++) {
            if (spanScope[i] != scope) {
                scope = spanScope[i];
                source = source(scope);
            }
            MalformedSpan malformed = malformedSpans.get(i);
            if (malformed == null) {
                int marks = repairMarks(array, spanFrom[i], spanEnd[i]);
                decoder.decode(array, spanFrom[i], spanEnd[i] - spanFrom[i], source.marked(marks));
            } else {
                MalformedSpan ofSource = source.malformed();
                decoder.refuse(array, spanFrom[i], spanEnd[i] - spanFrom[i], ofSource == null ? malformed : ofSource);
            }
        }
    }

    private SpanSource source(int scope) {
        MalformedSpan malformed = malformedScopes.get(scope);
        if (malformed != null) {
            return origins.source(malformed);
        }
        return origins.source(bytes.array(), scopeFrom[scope], scopeEnd[scope] - scopeFrom[scope]);
    }

    /** In a body that had to be mended, the spans that hold a replacement character are those that were bad. */
    private int repairMarks(byte[] array, int from, int end) {
        if (body.repaired()) {
            for (int i = from; i < end - 2; i++) {
                if (array[i] == (byte) 0xEF && array[i + 1] == (byte) 0xBF && array[i + 2] == (byte) 0xBD) {
                    return Mark.BAD_UTF8.bit();
                }
            }
        }
        return 0;
    }
}
