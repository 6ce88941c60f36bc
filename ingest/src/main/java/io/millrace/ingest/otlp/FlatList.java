package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A list that was sent as one attribute for every leaf, {@code gen_ai.prompt.0.role} and {@code gen_ai.prompt.0.content},
 * and becomes one JSON array again. Reused from span to span.
 */
final class FlatList {
    /** That of no rule. */
    static final int NO_RANK = -1;

    private static final int MAX_INDEX_DIGITS = 5;
    /** More leaves than any conversation has; those beyond stay attributes. */
    private static final int MAX_PARTS = 10_000;
    /** Longer keys and deeper ones stay attributes: they are none that an SDK writes. */
    private static final int MAX_KEY_BYTES = 256;

    private static final int MAX_SEGMENTS = 12;
    /** Follow the index of an element only to say what it is; the array is as plain without them. */
    private static final Set<String> ELEMENT_NAMES = Set.of("message", "message_content", "tool_call", "document");

    /** Where a leaf or what lies below a name stands in the value. */
    private static final class Node {
        private final Map<String, Node> members = new LinkedHashMap<>();
        private int part = -1;

        boolean isArray() {
            return members.keySet().stream().allMatch(FlatList::isIndex);
        }
    }

    private final byte[] prefix;
    private final TextField field;
    private final int rank;
    private final int plainRank;
    private final JsonRendering json;
    private final WireReader reader = new WireReader();
    private final Attribute attribute = new Attribute();

    /** Two numbers for each attribute: where it is, and how long. */
    private int[] parts = new int[0];

    private byte[] bytes = new byte[0];
    private int size;

    /**
     * @param rank among the attributes that fill the field
     * @param plainRank of the attribute that says the same in one text; {@link #NO_RANK} when there is none
     */
    FlatList(String prefix, TextField field, int rank, int plainRank, JsonRendering json) {
        this.prefix = prefix.getBytes(StandardCharsets.US_ASCII);
        this.field = field;
        this.rank = rank;
        this.plainRank = plainRank;
        this.json = json;
    }

    TextField field() {
        return field;
    }

    int rank() {
        return rank;
    }

    int plainRank() {
        return plainRank;
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
                || candidate.keyLength > MAX_KEY_BYTES
                || candidate.bytes[candidate.keyFrom] != prefix[0]
                || !Arrays.equals(prefix, 0, prefix.length, candidate.bytes, candidate.keyFrom, at)) {
            return false;
        }
        int digits = 0;
        for (; at < end && isDigit(candidate.bytes[at]); at++) {
            digits++;
        }
        if (digits == 0 || digits > MAX_INDEX_DIGITS || at + 1 >= end || candidate.bytes[at] != '.') {
            return false;
        }
        add(candidate);
        return true;
    }

    private void add(Attribute taken) {
        if (size * 2 == parts.length) {
            parts = Arrays.copyOf(parts, Math.max(32, size * 4));
        }
        bytes = taken.bytes;
        parts[size * 2] = taken.from;
        parts[size * 2 + 1] = taken.length;
        size++;
    }

    /** Hands everything back to the draft as plain attributes. */
    void restore(SpanDraft draft) throws MalformedSpan {
        for (int i = 0; i < size; i++) {
            restore(draft, i);
        }
    }

    private void restore(SpanDraft draft, int part) throws MalformedSpan {
        draft.attribute(bytes, parts[part * 2], parts[part * 2 + 1]);
    }

    /**
     * Writes the elements in the order of their indexes, their members in the order they came. What has no place, since
     * two attributes say different things of one, stays an attribute.
     */
    void write(WireWriter out, SpanDraft draft) throws MalformedSpan {
        Node list = new Node();
        for (int i = 0; i < size; i++) {
            read(i);
            if (!place(list, names(), i)) {
                restore(draft, i);
            }
        }
        write(out, list);
    }

    private void read(int part) throws MalformedSpan {
        reader.reset(bytes, parts[part * 2], parts[part * 2] + parts[part * 2 + 1]);
        attribute.read(reader, parts[part * 2 + 1]);
    }

    /** The names in the attribute's key behind the prefix, without those that only say what an element is. */
    private List<String> names() {
        String path = new String(
                bytes, attribute.keyFrom + prefix.length, attribute.keyLength - prefix.length, StandardCharsets.UTF_8);
        List<String> names = new ArrayList<>();
        String[] segments = path.split("\\.", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean saysWhat =
                    i > 0 && i < segments.length - 1 && isIndex(segments[i - 1]) && ELEMENT_NAMES.contains(segments[i]);
            if (!saysWhat) {
                names.add(segments[i]);
            }
        }
        return names;
    }

    private static boolean place(Node list, List<String> names, int part) {
        if (names.size() > MAX_SEGMENTS) {
            return false;
        }
        Node node = list;
        for (String name : names) {
            if (node.part >= 0) {
                return false;
            }
            node = node.members.computeIfAbsent(name, absent -> new Node());
        }
        if (node.part >= 0 || !node.members.isEmpty()) {
            return false;
        }
        node.part = part;
        return true;
    }

    private void write(WireWriter out, Node node) throws MalformedSpan {
        if (node.part >= 0) {
            read(node.part);
            json.write(out, attribute);
            return;
        }
        boolean array = node.isArray();
        List<Map.Entry<String, Node>> members = new ArrayList<>(node.members.entrySet());
        if (array) {
            members.sort(Comparator.comparingInt(member -> Integer.parseInt(member.getKey())));
        }
        out.raw(array ? '[' : '{');
        boolean first = true;
        for (Map.Entry<String, Node> member : members) {
            if (!first) {
                out.raw(',');
            }
            first = false;
            if (!array) {
                byte[] name = member.getKey().getBytes(StandardCharsets.UTF_8);
                JsonRendering.string(out, name, 0, name.length);
                out.raw(':');
            }
            write(out, member.getValue());
        }
        out.raw(array ? ']' : '}');
    }

    private static boolean isIndex(String name) {
        return !name.isEmpty()
                && name.length() <= MAX_INDEX_DIGITS
                && name.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    private static boolean isDigit(byte value) {
        return value >= '0' && value <= '9';
    }
}
