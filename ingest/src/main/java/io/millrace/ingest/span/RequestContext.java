package io.millrace.ingest.span;

import io.millrace.ingest.privacy.Masking;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * What a decoder must know of the request around a body.
 *
 * @param receivedAtMillis the edge's clock when the request came, milliseconds since the epoch
 * @param retention how long the project keeps facts: spans that ended earlier are refused
 * @param masking what is taken out of texts
 * @param sampling of which traces bodies are kept
 * @param payloads which of them go to the blob store
 */
public record RequestContext(
        UUID project,
        long receivedAtMillis,
        Duration retention,
        SpanLimits limits,
        Masking masking,
        BodySampling sampling,
        LargePayloads payloads) {
    /** How far ahead of the edge's clock a sender's may be. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    /** The earliest end of a span that is taken, nanoseconds since the epoch. */
    long oldestEndNanos() {
        return TimeUnit.MILLISECONDS.toNanos(receivedAtMillis - retention.toMillis());
    }

    /**
     * The day (UTC) of a time in nanoseconds since the epoch, by which what belongs to it goes one day; of a time that cannot
     * be, that of the request.
     */
    LocalDate dayOf(long nanos) {
        long latest = TimeUnit.MILLISECONDS.toNanos(receivedAtMillis + AHEAD.toMillis());
        boolean canBe = nanos >= oldestEndNanos() && nanos <= latest;
        Instant time = canBe ? Instant.ofEpochSecond(0, nanos) : Instant.ofEpochMilli(receivedAtMillis);
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }
}
