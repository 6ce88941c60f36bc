package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;

/**
 * Fills a draft from attributes that did not come over OTLP, by the same rules as from those that did. One serves all spans
 * of a request. Not safe for threads.
 */
public final class AttributeMapping {
    /** The field of each attribute in an encoded {@code KeyValueList}. */
    public static final int ATTRIBUTE_FIELD = 1;

    private static final int ATTRIBUTE = ATTRIBUTE_FIELD << 3 | WireWriter.LENGTH_DELIMITED;

    private final SpanMapping mapping;
    private final WireReader reader = new WireReader();
    private final Attribute attribute = new Attribute();

    public AttributeMapping(RequestContext context) {
        mapping = new SpanMapping(AttributeRules.STANDARD, context);
    }

    /**
     * Takes all attributes of a span; its times and its status, where they are told otherwise, must be in the draft.
     *
     * @param bytes whose first {@code length} are an encoded {@code KeyValueList}; not to be changed until the draft is
     *     accepted
     */
    public void read(SpanDraft draft, byte[] bytes, int length) throws MalformedSpan {
        mapping.begin(bytes, Scope.OTHER);
        reader.reset(bytes, 0, length);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag != ATTRIBUTE) {
                reader.skip(tag);
                continue;
            }
            attribute.read(reader, reader.length());
            if (!draft.denies(attribute.bytes, attribute.keyFrom, attribute.keyLength)) {
                mapping.attribute(draft, attribute);
                draft.endOfAttribute();
            }
        }
        mapping.finish(draft);
    }
}
