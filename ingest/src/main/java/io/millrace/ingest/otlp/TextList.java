package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;

/** The texts of an attribute that is one text or an array of texts. Reused from attribute to attribute. */
final class TextList {
    private static final int ELEMENT_TAG = 1 << 3 | WireWriter.LENGTH_DELIMITED;

    private final WireReader reader = new WireReader();
    /** The text that {@link #next} found. */
    final Attribute element = new Attribute();

    private boolean single;

    /** Whether the attribute is a text that is not empty, or an array of texts and of nothing else. */
    boolean isIn(Attribute attribute) throws MalformedSpan {
        if (attribute.isText()) {
            return attribute.valueLength > 0;
        }
        if (attribute.type != Attribute.ARRAY) {
            return false;
        }
        begin(attribute);
        boolean any = false;
        while (next()) {
            if (!element.isText()) {
                return false;
            }
            any = true;
        }
        return any;
    }

    void begin(Attribute attribute) {
        single = attribute.isText();
        if (single) {
            element.text(attribute.bytes, attribute.valueFrom, attribute.valueLength);
            reader.reset(attribute.bytes, 0, 0);
        } else {
            reader.reset(attribute.bytes, attribute.valueFrom, attribute.valueFrom + attribute.valueLength);
        }
    }

    /** Goes on to the next text, if there is one. */
    boolean next() throws MalformedSpan {
        if (single) {
            single = false;
            return true;
        }
        return nextElement();
    }

    private boolean nextElement() throws MalformedSpan {
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == ELEMENT_TAG) {
                int outer = reader.enter(reader.length());
                element.bytes = reader.array();
                element.type = Attribute.NONE;
                element.readValue(reader);
                reader.leave(outer);
                return true;
            }
            reader.skip(tag);
        }
        return false;
    }
}
