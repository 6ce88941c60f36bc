package io.millrace.ingest.span;

import io.millrace.schema.wire.SpanBody;
import io.millrace.schema.wire.SpanMessage;

/** The body of a span while it is decoded: what nothing is computed with, and what of it goes to the blob store. */
final class DraftBody {
    /** A tag and a truth value. */
    private static final int FLAG_BYTES = 2;

    private final DraftTexts texts;
    private final TextCleaner cleaner;

    final AttributeCopier copier;
    final BlobDrafts blobs = new BlobDrafts();
    final WireWriter finishReasons = new WireWriter(64);
    final WireWriter attributes = new WireWriter(1024);
    final WireWriter events = new WireWriter(256);
    final WireWriter links = new WireWriter(64);
    boolean streaming;

    DraftBody(RequestContext context, DraftTexts texts, TextCleaner cleaner) {
        this.texts = texts;
        this.cleaner = cleaner;
        this.copier = new AttributeCopier(context.limits(), cleaner);
    }

    void clear() {
        finishReasons.clear();
        attributes.clear();
        events.clear();
        links.clear();
        blobs.clear();
        streaming = false;
    }

    /** Leaves out all that people or models wrote; says whether there was any. */
    boolean dropPayload() {
        int bytes = attributes.size() + events.size() + links.size() + (blobs.isEmpty() ? 0 : 1) + texts.dropPayload();
        attributes.clear();
        events.clear();
        links.clear();
        blobs.clear();
        return bytes > 0;
    }

    /** Writes the body as a field of its span; an empty one is none. Fields ascend. */
    void encode(WireWriter out) {
        int length = texts.size(TextField.INPUT)
                + texts.size(TextField.OUTPUT)
                + attributes.size()
                + events.size()
                + links.size()
                + texts.size(TextField.STATUS_MESSAGE)
                + finishReasons.size()
                + texts.size(TextField.TRACE_STATE)
                + (streaming ? FLAG_BYTES : 0)
                + texts.size(TextField.LEVEL)
                + texts.size(TextField.EXTERNAL_SPAN_ID)
                + blobs.references().size()
                + (cleaner.dropsPayload ? FLAG_BYTES : 0);
        if (length == 0) {
            return;
        }
        out.tag(SpanMessage.BODY_FIELD_NUMBER, WireWriter.LENGTH_DELIMITED);
        out.varint(length);
        texts.write(out, TextField.INPUT);
        texts.write(out, TextField.OUTPUT);
        out.raw(attributes.array(), 0, attributes.size());
        out.raw(events.array(), 0, events.size());
        out.raw(links.array(), 0, links.size());
        texts.write(out, TextField.STATUS_MESSAGE);
        out.raw(finishReasons.array(), 0, finishReasons.size());
        texts.write(out, TextField.TRACE_STATE);
        out.varintField(SpanBody.STREAMING_FIELD_NUMBER, streaming ? 1 : 0);
        texts.write(out, TextField.LEVEL);
        texts.write(out, TextField.EXTERNAL_SPAN_ID);
        out.raw(blobs.references().array(), 0, blobs.references().size());
        out.varintField(SpanBody.PAYLOAD_DROPPED_FIELD_NUMBER, cleaner.dropsPayload ? 1 : 0);
    }

    /** An upper bound of what it takes in the log, but for its texts. */
    long sizeBound() {
        return finishReasons.size() + attributes.size() + events.size() + links.size() + blobs.sizeBound();
    }
}
