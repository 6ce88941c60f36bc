package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.ingest.span.WireReader;
import java.util.Arrays;

/**
 * What fills the fields of the span being read, so far. Attributes may come in any order: each slot remembers the rank of
 * what fills it, and an attribute that is outranked later goes back among the attributes. Reused from span to span.
 */
final class Slots {
    private static final int EMPTY = Integer.MAX_VALUE;
    /** What events say ranks below everything that attributes say. */
    private static final int EVENT_RANK = 1 << 16;

    private final int[] ranks = new int[AttributeRule.SLOTS];
    private final int[] from = new int[AttributeRule.SLOTS];
    private final int[] length = new int[AttributeRule.SLOTS];
    /** What fills the slot is kept elsewhere as well, so that nothing is lost when it is outranked. */
    private final boolean[] kept = new boolean[AttributeRule.SLOTS];

    private final WireReader reader = new WireReader();
    private byte[] source = new byte[0];

    /** Begins a span all of whose attributes are in {@code bytes}. */
    void begin(byte[] bytes) {
        source = bytes;
        Arrays.fill(ranks, EMPTY);
    }

    /** Whether the slot takes something of this rank; what it held before goes back among the attributes. */
    boolean claim(SpanDraft draft, AttributeRule rule, Attribute attribute, Place place) throws MalformedSpan {
        int slot = rule.slot;
        int rank = place == Place.EVENT ? rule.rank + EVENT_RANK : rule.rank;
        if (ranks[slot] <= rank) {
            return false;
        }
        release(draft, slot);
        ranks[slot] = rank;
        from[slot] = attribute.from;
        length[slot] = attribute.length;
        kept[slot] = place != Place.ATTRIBUTE;
        return true;
    }

    boolean isFilled(int slot) {
        return ranks[slot] != EMPTY;
    }

    boolean isFilled(TextField field) {
        return isFilled(field.ordinal());
    }

    /** The rank of what fills the slot; more than that of any rule when nothing does. */
    int rank(int slot) {
        return ranks[slot];
    }

    /** Empties the slot: what filled it goes back among the attributes. */
    void release(SpanDraft draft, int slot) throws MalformedSpan {
        keep(draft, slot);
        ranks[slot] = EMPTY;
    }

    /** Keeps what fills the slot among the attributes as well. */
    void keep(SpanDraft draft, int slot) throws MalformedSpan {
        if (isFilled(slot) && !kept[slot]) {
            draft.attribute(source, from[slot], length[slot]);
            kept[slot] = true;
        }
    }

    /**
     * Reads the attribute that fills the slot, to put it into the draft, up to {@link SpanDraft#endOfAttribute}; not for one
     * that a member of a structure fills.
     */
    void begin(SpanDraft draft, int slot, Attribute attribute) throws MalformedSpan {
        read(slot, attribute);
        // It was not denied, or it would fill nothing; but it may be one that is not to be masked.
        draft.denies(attribute.bytes, attribute.keyFrom, attribute.keyLength);
    }

    /** Reads the attribute that fills the slot; not for one that a member of a structure fills. */
    void read(int slot, Attribute attribute) throws MalformedSpan {
        reader.reset(source, from[slot], from[slot] + length[slot]);
        attribute.read(reader, length[slot]);
    }
}
