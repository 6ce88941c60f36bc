package io.millrace.ingest.http;

import io.millrace.ingest.span.RequestSpans;

/**
 * What one request that brings items looks like in its protocol: how its body is wrapped, and how it is answered. All else
 * is the same for HTTP and for gRPC, and is in {@link Exchange}.
 */
public interface Protocol {
    /** What is asked for, as metrics call it. */
    String label();

    /** @throws Refused when the items are written in a form that is not taken */
    ContentType contentType() throws Refused;

    /**
     * Takes the body in.
     *
     * @param budget pays for what is held
     * @param limit the most bytes that the body may have as it arrives
     * @throws Refused when the body is packed in a way that is not taken
     */
    Intake intake(Budget budget, int limit) throws Refused;

    /** What the client is told once its items are durable: also which ones are not, and why. */
    Reply taken(ContentType contentType, RequestSpans items);

    Reply refused(Refused refused);
}
