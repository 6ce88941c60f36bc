package io.millrace.schema.span;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the pipeline noticed about a span; kept as a bit set in messages and rows. */
public enum Mark {
    /** The end lay more than five minutes ahead of the edge's clock: the span counts where it was received. */
    CLOCK_SKEW(0),
    /** An attribute or payload was longer than the limit and was cut. */
    TRUNCATED(1),
    /** Bytes that were no UTF-8 were replaced by U+FFFD. */
    BAD_UTF8(2),
    /** The usage contradicts itself, or a count is no count of tokens. */
    USAGE_SUSPECT(3),
    /** The end came before the start: the duration is 0. */
    END_BEFORE_START(4),
    /** No end ever came. */
    INCOMPLETE(5),
    /** The usage repeats what inner spans report (an agent, a workflow, an SDK's outer span): it never counts. */
    USAGE_OF_CHILDREN(6),
    /** The client says that this span is the application's root though its parent may be elsewhere. */
    APP_ROOT(7),
    /** Something was taken out by the project's masking rules. */
    MASKED(8),
    /** The sender said no time: the span has that of its delivery, which is another one if it is delivered again. */
    TIME_OF_DELIVERY(9),
    /** The sender did not say the trace: the id is that of the span itself, which is right of a root. */
    TRACE_UNRESOLVED(10),
    /** The trace is not in the project's sample: what people or models wrote was not kept. */
    SAMPLED_OUT(11);

    private final int bit;

    Mark(int index) {
        this.bit = 1 << index;
    }

    public int bit() {
        return bit;
    }

    public boolean in(int marks) {
        return (marks & bit) != 0;
    }

    /** The lower-case names of the marks in {@code marks}, as the API shows them. */
    public static List<String> labels(int marks) {
        List<String> labels = new ArrayList<>();
        for (Mark mark : values()) {
            if (mark.in(marks)) {
                labels.add(mark.name().toLowerCase(Locale.ROOT));
            }
        }
        return labels;
    }
}
