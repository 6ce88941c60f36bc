package io.millrace.schema.privacy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What is done with a text in which something was found. A later one hides more. The code is what messages carry. */
public enum MaskAction {
    /** What was found is replaced by its keyed hash, so that equals stay equal. */
    HASH(1),
    /** What was found is replaced by its name. */
    MASK(2),
    /** The whole text is dropped. */
    DROP_FIELD(3),
    /** The span's input and output, attributes, events and messages are dropped; its figures stay. */
    DROP_PAYLOAD(4);

    private final int code;

    MaskAction(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** As the API writes it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<MaskAction> of(int code) {
        return Arrays.stream(values()).filter(one -> one.code == code).findFirst();
    }

    public static Optional<MaskAction> of(String label) {
        return Arrays.stream(values()).filter(one -> one.label().equals(label)).findFirst();
    }
}
