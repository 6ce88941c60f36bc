package io.millrace.ingest.privacy;

import org.jspecify.annotations.Nullable;

/**
 * Takes out of a text what the project does not want stored. Every decoder hands it each text value of a span (name,
 * payloads, attribute values, status messages) before the span is encoded, so that nothing durable ever holds the
 * unmasked text. Attribute keys, ids and numbers are not texts. Safe for threads.
 */
public interface Masking {
    /** Masks nothing; decoders recognise it and copy texts without reading them. */
    Masking NONE = (utf8, from, to) -> null;

    /**
     * What to keep instead of {@code utf8[from, to)}, which is well-formed.
     *
     * @return null when there is nothing to hide, which is the rule
     */
    @Nullable
    Masked mask(byte[] utf8, int from, int to);

    /** Whether {@link #mask} would hide something; counts nothing. */
    default boolean hides(byte[] utf8, int from, int to) {
        return mask(utf8, from, to) != null;
    }

    /** Whether {@link #attributes} says anything but {@link Attributes#MASKED} of any key. */
    default boolean hasKeyRules() {
        return false;
    }

    /** What the project wants with attributes of this key, whatever is in them. */
    default Attributes attributes(byte[] utf8, int from, int to) {
        return Attributes.MASKED;
    }

    /**
     * What to keep of a hash of bytes that may have something to hide, where it says that they are the same as others: as
     * many bytes, equal for equal ones of one project, by which nobody without its key can try out what was hidden.
     */
    default byte[] keyed(byte[] hash) {
        return hash;
    }

    /** What is done with an attribute. */
    enum Attributes {
        /** Its texts are masked as all are. */
        MASKED,
        /** It is kept as it is. */
        ALLOWED,
        /** It is left out. */
        DENIED
    }

    /**
     * A text that something was taken out of.
     *
     * @param utf8 what is kept
     * @param dropsPayload whether the span is to lose its payload, too
     */
    record Masked(byte[] utf8, boolean dropsPayload) {}
}
