package io.millrace.ingest.langfuse;

import com.fasterxml.jackson.core.JsonParser;

/**
 * A parser, and where in the body it stands.
 *
 * @param base where in {@code bytes} the parser began
 */
record JsonCursor(JsonParser parser, byte[] bytes, int base) {
    /** The first byte of the current token. */
    int from() {
        return base + (int) parser.currentTokenLocation().getByteOffset();
    }

    /** Behind the last byte of the current token, which ends an object or an array. */
    int end() {
        return base + (int) parser.currentLocation().getByteOffset();
    }
}
