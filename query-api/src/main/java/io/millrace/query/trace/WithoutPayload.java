package io.millrace.query.trace;

import io.millrace.schema.wire.SpanBody;

/**
 * A body without what people or models wrote, as the edge leaves it where masking drops payloads. The edge can do so with the
 * message in which something was found; what other messages say of the same span, before it or after it, is left out when it
 * is read.
 */
final class WithoutPayload {
    private WithoutPayload() {}

    static SpanBody of(SpanBody body) {
        return body.toBuilder()
                .clearInput()
                .clearInputBlob()
                .clearOutput()
                .clearOutputBlob()
                .clearAttributes()
                .clearEvents()
                .clearLinks()
                .clearStatusMessage()
                .clearAttachments()
                .setPayloadDropped(true)
                .build();
    }
}
