package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;

/**
 * Brings the fields of a message into the order of their numbers, which is that of all who write Protobuf: a message made of a
 * JSON object has them in the order of the object's members, which means nothing, and would have bytes of its own.
 */
final class FieldOrder {
    private final WireReader reader = new WireReader();
    private final WireWriter sorted = new WireWriter(64);

    /** Sorts the fields of the message with which {@code out} ends, from {@code content} on; those of one number stay as they are. */
    void ascend(WireWriter out, int content) throws MalformedSpan {
        byte[] written = out.array();
        int end = out.size();
        sorted.clear();
        for (int field = 1; sorted.size() < end - content; field++) {
            reader.reset(written, content, end);
            int from = content;
            for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
                reader.skip(tag);
                if (WireReader.field(tag) == field) {
                    sorted.raw(written, from, reader.position() - from);
                }
                from = reader.position();
            }
        }
        out.truncate(content);
        out.raw(sorted.array(), 0, sorted.size());
    }
}
