package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import io.millrace.ingest.json.JsonBody;
import java.io.IOException;

/** A JSON value as it stands in a body. */
record Slice(byte[] bytes, int from, int length) {
    /** Where the value begins at whose first token the parser stands. */
    static int start(JsonParser parser, JsonBody body) {
        return body.from() + (int) parser.currentTokenLocation().getByteOffset();
    }

    /** What lies between {@code start} and the last token read. */
    static Slice since(int start, JsonParser parser, JsonBody body) {
        int end = body.from() + (int) parser.currentLocation().getByteOffset();
        return new Slice(body.bytes(), start, end - start);
    }

    /** The object or array at which the parser stands; reads it to its end. */
    static Slice of(JsonParser parser, JsonBody body) throws IOException {
        int start = start(parser, body);
        parser.skipChildren();
        return since(start, parser, body);
    }
}
