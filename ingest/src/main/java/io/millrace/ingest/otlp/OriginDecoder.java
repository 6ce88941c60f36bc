package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.OriginDraft;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanLimits;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import io.millrace.schema.span.Mark;
import io.millrace.schema.wire.Origin;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns a resource and a scope into an origin of the request. The resource is read once, and each scope under it, which makes an
 * origin of its own, once however often it comes. An attribute that cannot be read condemns the spans under it, and no others.
 */
final class OriginDecoder {
    private static final int RESOURCE_ATTRIBUTE = 1 << 3 | WireWriter.LENGTH_DELIMITED;
    private static final int SCOPE_NAME = 1 << 3 | WireWriter.LENGTH_DELIMITED;
    private static final int SCOPE_VERSION = 2 << 3 | WireWriter.LENGTH_DELIMITED;
    private static final int SCOPE_ATTRIBUTE = 3 << 3 | WireWriter.LENGTH_DELIMITED;

    private static final byte[] SERVICE_NAME = ascii("service.name");
    private static final byte[] SERVICE_VERSION = ascii("service.version");
    private static final byte[] ENVIRONMENT = ascii("deployment.environment.name");
    private static final byte[] OLD_ENVIRONMENT = ascii("deployment.environment");

    private final RequestSpans spans;
    private final WireReader reader = new WireReader();
    private final Attribute attribute = new Attribute();

    /**
     * Of the resource, by the bytes of their scopes, a character for each: an origin repeats all of its resource, which a
     * scope of a few bytes may be under a hundred thousand times.
     */
    private final Map<String, SpanSource> sources = new HashMap<>();

    private Origin resource = Origin.getDefaultInstance();
    private @Nullable MalformedSpan malformedResource;
    private int resourceMarks;
    private int marks;
    private Scope scope = Scope.OTHER;

    OriginDecoder(RequestSpans spans) {
        this.spans = spans;
    }

    /** Begins with the resource in {@code bytes[from, from + length)}; a length of 0 is one that says nothing. */
    void resource(byte[] bytes, int from, int length) {
        sources.clear();
        malformedResource = null;
        try {
            readResource(bytes, from, length);
        } catch (MalformedSpan malformed) {
            malformedResource = malformed;
        }
    }

    /** Begins with a resource that cannot be read; its spans are refused for it. */
    void resource(MalformedSpan malformed) {
        malformedResource = malformed;
    }

    private void readResource(byte[] bytes, int from, int length) throws MalformedSpan {
        OriginDraft draft = new OriginDraft(spans.context());
        boolean environment = false;
        reader.reset(bytes, from, from + length);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == RESOURCE_ATTRIBUTE) {
                attribute.read(reader, reader.length());
                environment |= resourceAttribute(draft, environment);
            } else {
                reader.skip(tag);
            }
        }
        resource = draft.build();
        resourceMarks = draft.marks();
    }

    /** Returns whether it set the environment by its present name, which goes before the old one. */
    private boolean resourceAttribute(OriginDraft draft, boolean environmentKnown) throws MalformedSpan {
        if (isText(SERVICE_NAME)) {
            set(draft, OriginDraft.Field.SERVICE_NAME);
        } else if (isText(SERVICE_VERSION)) {
            set(draft, OriginDraft.Field.SERVICE_VERSION);
        } else if (isText(ENVIRONMENT)) {
            return set(draft, OriginDraft.Field.ENVIRONMENT);
        } else if (isText(OLD_ENVIRONMENT) && !environmentKnown) {
            set(draft, OriginDraft.Field.ENVIRONMENT);
        } else if (!attribute.isNaN()) {
            draft.resourceAttribute(attribute.bytes, attribute.from, attribute.length);
        }
        return false;
    }

    /** What spans have from the resource and the scope in {@code bytes[from, from + length)}. */
    SpanSource source(byte[] bytes, int from, int length) {
        if (malformedResource != null) {
            return SpanSource.malformed(malformedResource);
        }
        String bytesOfScope = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
        SpanSource known = sources.get(bytesOfScope);
        if (known == null) {
            known = newSource(bytes, from, length);
            sources.put(bytesOfScope, known);
        }
        return known;
    }

    private SpanSource newSource(byte[] bytes, int from, int length) {
        try {
            return readSource(bytes, from, length);
        } catch (MalformedSpan malformed) {
            return SpanSource.malformed(malformed);
        }
    }

    /** What spans have from the resource and a scope that cannot be read: they are refused for one of the two. */
    SpanSource source(MalformedSpan malformed) {
        return SpanSource.malformed(malformedResource != null ? malformedResource : malformed);
    }

    private SpanSource readSource(byte[] bytes, int from, int length) throws MalformedSpan {
        OriginDraft draft = new OriginDraft(spans.context());
        scope = Scope.OTHER;
        reader.reset(bytes, from, from + length);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == SCOPE_NAME || tag == SCOPE_VERSION) {
                int size = reader.length();
                if (tag == SCOPE_NAME) {
                    scope = Scope.of(bytes, reader.position(), size);
                }
                draft.text(
                        tag == SCOPE_NAME ? OriginDraft.Field.SCOPE_NAME : OriginDraft.Field.SCOPE_VERSION,
                        bytes,
                        reader.position(),
                        size);
                reader.skipBytes(size);
            } else if (tag == SCOPE_ATTRIBUTE) {
                attribute.read(reader, reader.length());
                if (!attribute.isNaN()) {
                    draft.scopeAttribute(attribute.bytes, attribute.from, attribute.length);
                }
            } else {
                reader.skip(tag);
            }
        }
        marks = resourceMarks | draft.marks();
        int origin = spans.origin(withResource(draft.build()));
        return new SpanSource(origin, marks, scope);
    }

    private Origin withResource(Origin scope) {
        SpanLimits limits = spans.context().limits();
        Origin.Builder origin = resource.toBuilder().mergeFrom(scope);
        if (spans.originBytes() + resource.getSerializedSize() > limits.maxOriginsBytes()) {
            origin.clearResourceAttributes().clearScopeAttributes();
            marks |= Mark.TRUNCATED.bit();
        }
        return origin.build();
    }

    /** Sets a field to the attribute's value, unless the project wants that left out; returns whether it did. */
    private boolean set(OriginDraft draft, OriginDraft.Field field) {
        if (draft.denies(attribute.bytes, attribute.keyFrom, attribute.keyLength)) {
            return false;
        }
        draft.text(field, attribute.bytes, attribute.valueFrom, attribute.valueLength);
        draft.endOfAttribute();
        return true;
    }

    private boolean isText(byte[] key) {
        return attribute.isText()
                && attribute.keyLength == key.length
                && Arrays.equals(
                        key, 0, key.length, attribute.bytes, attribute.keyFrom, attribute.keyFrom + key.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
