package io.millrace.schema.span;

import com.google.protobuf.ByteString;
import io.millrace.schema.wire.PartialMessage;

/**
 * How the messages of a span that is sent in parts stand to each other, whichever way they came: by the time at which the
 * sender said them, then what creates before what updates, then by their ids. Of two values of a field the later one counts.
 */
public final class PartialOrder {
    private PartialOrder() {}

    /** Negative when the first message is the earlier one; 0 only for the same message. */
    public static int compare(PartialMessage one, long oneHash, PartialMessage other, long otherHash) {
        int byTime = Long.compareUnsigned(one.getAtNanos(), other.getAtNanos());
        int byKind = byTime != 0 ? byTime : Boolean.compare(one.getUpdate(), other.getUpdate());
        int byId = byKind != 0
                ? byKind
                : ByteString.unsignedLexicographicalComparator().compare(one.getId(), other.getId());
        return byId != 0 ? byId : Long.compareUnsigned(oneHash, otherHash);
    }

    /** Whether it is one message that was sent twice. */
    public static boolean isSame(PartialMessage one, long oneHash, PartialMessage other, long otherHash) {
        return oneHash == otherHash && one.getId().equals(other.getId());
    }
}
