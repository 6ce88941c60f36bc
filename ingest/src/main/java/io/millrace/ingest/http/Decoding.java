package io.millrace.ingest.http;

import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.webhook.Unverified;

/** How the bytes of one body become items. */
interface Decoding {
    /** The form of the body, and of the answer. */
    ContentType contentType();

    /** What is known of the request around the body. */
    RequestContext context();

    /**
     * @throws MalformedEnvelope when not even one item can be told from another
     * @throws Unverified when the bytes are not from whom the headers say
     */
    RequestSpans decode(byte[] bytes, int length) throws MalformedEnvelope, Unverified;

    /** Up to how many bytes an event loop decodes in about a millisecond. */
    int loopBytes();

    /** About how much memory a body of this length takes while it is decoded, beside itself. */
    long memory(int length);
}
