package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import java.util.Arrays;

/**
 * What a span is called. Some SDKs give all their spans the same few names, and tell the name that the application chose
 * in an attribute, or add their own word to it. Reused from span to span.
 */
final class SpanName {
    private static final int SLOT = TextField.NAME.ordinal();

    private final Slots slots;
    private final Attribute better = new Attribute();
    private byte[] bytes = new byte[0];
    private int from;
    private int length;

    SpanName(Slots slots) {
        this.slots = slots;
    }

    void begin() {
        length = 0;
    }

    void set(byte[] source, int offset, int size) {
        bytes = source;
        from = offset;
        length = size;
    }

    /**
     * Calls the span by the attribute, if that and the span's own name are about the same: one begins with the other, or
     * the own name is that of every such span.
     */
    void finish(SpanDraft draft) throws MalformedSpan {
        if (!slots.isFilled(SLOT)) {
            return;
        }
        slots.read(SLOT, better);
        if (!isSame(Math.min(length, better.valueLength)) && !isEverySpans()) {
            slots.release(draft, SLOT);
            return;
        }
        slots.begin(draft, SLOT, better);
        boolean cut = draft.text(TextField.NAME, better.bytes, better.valueFrom, better.valueLength);
        draft.endOfAttribute();
        if (cut) {
            slots.keep(draft, SLOT);
        }
    }

    private boolean isSame(int first) {
        return Arrays.equals(bytes, from, from + first, better.bytes, better.valueFrom, better.valueFrom + first);
    }

    private boolean isEverySpans() {
        byte[] name = VercelConvention.TOOL_CALL;
        return length == name.length && Arrays.equals(name, 0, name.length, bytes, from, from + length);
    }
}
