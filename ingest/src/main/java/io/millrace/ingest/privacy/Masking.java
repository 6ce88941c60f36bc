package io.millrace.ingest.privacy;

/**
 * Takes out of a text what the project does not want stored. Every decoder hands it each text value of a span (name,
 * payloads, attribute values, status messages) before the span is encoded, so that nothing durable ever holds the
 * unmasked text. Attribute keys, ids and numbers are not texts.
 */
@FunctionalInterface
public interface Masking {
    /** Masks nothing; decoders recognise it and copy texts without reading them. */
    Masking NONE = text -> text;

    /** The text to keep instead of {@code text}: the same instance when there is nothing to hide. */
    String mask(String text);
}
