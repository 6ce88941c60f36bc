package io.millrace.ingest.span;

import io.millrace.schema.span.Mark;
import java.util.Arrays;

/**
 * The single-valued texts of a span while it is decoded, as slices of the request or of what they became when they were
 * cleaned. Those of a span that may lose them anyway are masked only once it does not.
 */
final class DraftTexts {
    private static final TextField[] FIELDS = TextField.values();

    private final SpanLimits limits;
    private final LargePayloads payloads;
    private final TextCleaner cleaner;

    private final byte[][] bytes = new byte[TextField.COUNT][];
    private final int[] from = new int[TextField.COUNT];
    private final int[] length = new int[TextField.COUNT];
    /** The texts that are not masked yet, as bits of their slots. */
    private int unmasked;

    DraftTexts(RequestContext context, TextCleaner cleaner) {
        this.limits = context.limits();
        this.payloads = context.payloads();
        this.cleaner = cleaner;
    }

    void clear() {
        Arrays.fill(bytes, null);
        unmasked = 0;
    }

    void clear(TextField field) {
        bytes[field.ordinal()] = null;
    }

    boolean has(TextField field) {
        return bytes[field.ordinal()] != null;
    }

    /**
     * Sets a text; an empty one is none.
     *
     * @param mayBeLost whether it is kept as it is for now, if it can be
     * @return whether it was longer than its limit and was cut
     */
    boolean set(TextField field, byte[] source, int offset, int size, boolean mayBeLost) {
        int slot = field.ordinal();
        int limit = limit(field);
        unmasked &= ~(1 << slot);
        if (mayBeLost && field.isPayload() && cleaner.canMaskLater(source, offset, size, limit)) {
            unmasked |= 1 << slot;
            set(slot, source, offset, size);
            return false;
        }
        int marksBefore = cleaner.marks;
        cleaner.marks = 0;
        if (field.inBody()) {
            cleaner.clean(source, offset, size, limit);
        } else {
            cleaner.cleanColumn(source, offset, size, limit);
        }
        boolean cut = Mark.TRUNCATED.in(cleaner.marks);
        cleaner.marks |= marksBefore;
        set(slot, cleaner.bytes, cleaner.from, cleaner.length);
        return cut;
    }

    private int limit(TextField field) {
        if (field.isStoredWhole() && payloads.areStored()) {
            return payloads.most();
        }
        return field.inBody() ? limits.maxAttributeBytes() : limits.maxFieldBytes();
    }

    private void set(int slot, byte[] source, int offset, int size) {
        bytes[slot] = size == 0 ? null : source;
        from[slot] = offset;
        length[slot] = size;
    }

    /** Masks what is not masked yet. */
    void maskRest() {
        for (int slot = 0; unmasked != 0; slot++, unmasked >>>= 1) {
            if ((unmasked & 1) != 0 && bytes[slot] != null) {
                cleaner.clean(bytes[slot], from[slot], length[slot], limit(FIELDS[slot]));
                set(slot, cleaner.bytes, cleaner.from, cleaner.length);
            }
        }
    }

    /** Leaves out all that people or models wrote; returns how many bytes that would have taken. */
    int dropPayload() {
        int dropped = 0;
        for (TextField field : FIELDS) {
            if (field.isPayload()) {
                dropped += size(field);
                clear(field);
            }
        }
        unmasked = 0;
        return dropped;
    }

    /** Has {@code blobs} take a text that is large, and keeps its beginning. */
    void takeOut(TextField field, BlobDrafts blobs) {
        int slot = field.ordinal();
        byte[] text = bytes[slot];
        if (text != null && length[slot] > payloads.over()) {
            blobs.payload(field, text, from[slot], length[slot]);
            set(slot, text, from[slot], Utf8.boundary(text, from[slot], from[slot] + payloads.kept()) - from[slot]);
        }
    }

    void write(WireWriter out, TextField field) {
        int slot = field.ordinal();
        byte[] text = bytes[slot];
        if (text != null) {
            out.message(field.wireNumber(), text, from[slot], length[slot]);
        }
    }

    /** What {@link #write} takes, in bytes. */
    int size(TextField field) {
        int slot = field.ordinal();
        return bytes[slot] == null ? 0 : WireWriter.fieldSize(field.wireNumber(), length[slot]);
    }

    /** An upper bound of what all take in the log. */
    long sizeBound() {
        long size = 0;
        for (TextField field : FIELDS) {
            int slot = field.ordinal();
            if (bytes[slot] != null) {
                size += 8L + (field.isStoredWhole() ? payloads.inLog(length[slot]) : length[slot]);
            }
        }
        return size;
    }
}
