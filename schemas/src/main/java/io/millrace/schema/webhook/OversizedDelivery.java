package io.millrace.schema.webhook;

/** A mapping makes more of a payload than memory is given for: too many spans, or the same long value in many of them. */
public final class OversizedDelivery extends Exception {
    private static final long serialVersionUID = 1L;

    static final int MOST_SPANS = 10_000;
    static final int MOST_BYTES = 16 << 20;

    OversizedDelivery() {
        super(
                "the mapping makes more than " + MOST_SPANS + " spans or " + MOST_BYTES + " bytes of it",
                null,
                false,
                false);
    }
}
