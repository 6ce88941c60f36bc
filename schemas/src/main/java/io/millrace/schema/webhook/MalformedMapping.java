package io.millrace.schema.webhook;

/** A text that is no mapping, and where it is not. */
public final class MalformedMapping extends Exception {
    private static final long serialVersionUID = 1L;

    private final String place;
    private final String detail;

    MalformedMapping(String place, String detail) {
        super(place + ": " + detail, null, false, false);
        this.place = place;
        this.detail = detail;
    }

    /** The path of the member, {@code fields[2].pointer}; empty when it is the whole. */
    public String place() {
        return place;
    }

    public String detail() {
        return detail;
    }
}
