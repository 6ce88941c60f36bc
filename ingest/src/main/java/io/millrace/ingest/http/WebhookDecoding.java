package io.millrace.ingest.http;

import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.webhook.Delivery;
import io.millrace.ingest.webhook.Unverified;

/** By the mapping of the source, once the body is known to be its. */
record WebhookDecoding(Delivery delivery, ContentType contentType, RequestContext context) implements Decoding {
    /** The most bytes of a delivery. All of it is in memory as a tree, some ten times as long. */
    static final int MOST_BYTES = 4 << 20;

    @Override
    public RequestSpans decode(byte[] bytes, int length) throws MalformedEnvelope, Unverified {
        return delivery.decode(bytes, length, context);
    }

    /** None: a short list of items becomes many spans, and Ed25519 takes its time. */
    @Override
    public int loopBytes() {
        return 0;
    }

    @Override
    public long memory(int length) {
        return 16L * length;
    }
}
