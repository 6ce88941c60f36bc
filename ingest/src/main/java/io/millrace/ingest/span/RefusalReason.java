package io.millrace.ingest.span;

/** Why one item of a request was not taken. The wire name is part of answers, of the ledger and of metrics. */
public enum RefusalReason {
    /** No trace or span id, or one of zeros or of the wrong length. */
    MISSING_ID("missing_id"),
    /** The item cannot be read as a span. */
    MALFORMED("malformed"),
    /** The span ended before the project's retention begins. */
    TOO_OLD("too_old"),
    /** The span is over the limit even after its long attributes were cut. */
    TOO_LARGE("too_large"),
    /** Values are nested deeper than the limit. */
    TOO_DEEP("too_deep"),
    /** The span has no end, and spans that arrive in parts are not taken yet. */
    INCOMPLETE_NOT_AVAILABLE("incomplete_not_available"),
    /** An item of a kind that is not taken. */
    NOT_AVAILABLE("not_available");

    private final String wireName;

    RefusalReason(String wireName) {
        this.wireName = wireName;
    }

    /** The stable name in answers and counts. */
    public String wireName() {
        return wireName;
    }
}
