package io.millrace.ingest.span;

/** A request brings more items than {@link SpanLimits#maxItems}. Nothing of it is taken, and the rest is not decoded. */
public final class TooManyItems extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyItems(int most) {
        // No trace: it tells what a sender did, and nothing of the program.
        super("at most " + most + " spans", null, false, false);
    }
}
