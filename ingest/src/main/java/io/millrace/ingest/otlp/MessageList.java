package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The old flat spelling of a list of messages, {@code gen_ai.prompt.0.role} and {@code gen_ai.prompt.0.content}, which
 * becomes one JSON array of objects again.
 */
final class MessageList {
    private static final int MAX_INDEX_DIGITS = 5;
    /** More members than any conversation has; those beyond stay attributes. */
    private static final int MAX_PARTS = 10_000;

    private final byte[] prefix;
    private final JsonRendering json;
    private final WireReader reader = new WireReader();
    private final Attribute attribute = new Attribute();

    /** Per attribute: the index of its message, where the rest of its key begins, where it is. */
    private int[][] parts = new int[0][];

    private byte[] bytes = new byte[0];
    private int size;

    MessageList(String prefix, JsonRendering json) {
        this.prefix = prefix.getBytes(StandardCharsets.US_ASCII);
        this.json = json;
    }

    void clear() {
        size = 0;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Whether the attribute belongs to the list, which then keeps it. */
    boolean take(Attribute candidate) {
        int end = candidate.keyFrom + candidate.keyLength;
        int at = candidate.keyFrom + prefix.length;
        if (at >= end
                || size == MAX_PARTS
                || !Arrays.equals(prefix, 0, prefix.length, candidate.bytes, candidate.keyFrom, at)
                || !isDigit(candidate.bytes[at])) {
            return false;
        }
        int index = 0;
        int digits = 0;
        for (; at < end && isDigit(candidate.bytes[at]) && digits <= MAX_INDEX_DIGITS; at++, digits++) {
            index = index * 10 + candidate.bytes[at] - '0';
        }
        if (digits > MAX_INDEX_DIGITS || at + 1 >= end || candidate.bytes[at] != '.') {
            return false;
        }
        add(candidate, index, at + 1 - candidate.keyFrom);
        return true;
    }

    private void add(Attribute taken, int index, int nameOffset) {
        if (size == parts.length) {
            parts = Arrays.copyOf(parts, Math.max(16, size * 2));
        }
        bytes = taken.bytes;
        parts[size++] = new int[] {index, nameOffset, taken.from, taken.length};
    }

    /** Writes the messages in the order of their indexes, their members in the order they came. */
    void write(WireWriter out) throws MalformedSpan {
        Arrays.sort(parts, 0, size, Comparator.comparingInt((int[] part) -> part[0]));
        out.raw('[');
        for (int i = 0; i < size; i++) {
            boolean begins = i == 0 || parts[i][0] != parts[i - 1][0];
            if (begins && i > 0) {
                JsonRendering.put(out, JsonRendering.ascii("},"));
            }
            out.raw(begins ? '{' : ',');
            read(i);
            int name = attribute.keyFrom + parts[i][1];
            JsonRendering.string(out, bytes, name, attribute.keyFrom + attribute.keyLength - name);
            out.raw(':');
            json.write(out, attribute);
        }
        JsonRendering.put(out, JsonRendering.ascii("}]"));
    }

    /** Hands everything back to the draft as plain attributes. */
    void restore(SpanDraft draft) throws MalformedSpan {
        for (int i = 0; i < size; i++) {
            draft.attribute(bytes, parts[i][2], parts[i][3]);
        }
    }

    private void read(int i) throws MalformedSpan {
        reader.reset(bytes, parts[i][2], parts[i][2] + parts[i][3]);
        attribute.read(reader, parts[i][3]);
    }

    private static boolean isDigit(byte value) {
        return value >= '0' && value <= '9';
    }
}
