package io.millrace.ingest.span;

import io.millrace.ingest.privacy.Masking;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * What a decoder must know of the request around a body.
 *
 * @param receivedAtMillis the edge's clock when the request came, milliseconds since the epoch
 * @param retention how long the project keeps facts: spans that ended earlier are refused
 * @param masking what is taken out of texts
 * @param sampling of which traces bodies are kept
 */
public record RequestContext(
        UUID project,
        long receivedAtMillis,
        Duration retention,
        SpanLimits limits,
        Masking masking,
        BodySampling sampling) {

    /** The earliest end of a span that is taken, nanoseconds since the epoch. */
    long oldestEndNanos() {
        return TimeUnit.MILLISECONDS.toNanos(receivedAtMillis - retention.toMillis());
    }
}
