package io.millrace.ingest.http;

import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;

/** How a body's bytes become spans: by what it was posted to and how it is written. */
record Decoding(Endpoint endpoint, ContentType contentType, RequestContext context) {

    /** @throws MalformedEnvelope when not even one item can be told from another */
    RequestSpans decode(byte[] bytes, int length) throws MalformedEnvelope {
        throw new MalformedEnvelope("decoders to come");
    }
}
