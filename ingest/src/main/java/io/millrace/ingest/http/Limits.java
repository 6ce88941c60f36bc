package io.millrace.ingest.http;

import io.millrace.ingest.span.SpanLimits;
import java.time.Duration;

/**
 * What one request may take.
 *
 * @param wireBytes of a body as it arrives
 * @param unpackedBytes of a body after its content encoding is undone
 * @param spans in one body
 * @param bodyPatience from a request's headers to the end of its body
 * @param deadline from the end of a body to its answer
 */
public record Limits(
        int wireBytes, int unpackedBytes, int spans, Duration bodyPatience, Duration deadline, SpanLimits span) {

    public Limits withDeadline(Duration other) {
        return new Limits(wireBytes, unpackedBytes, spans, bodyPatience, other, span);
    }

    public Limits withBodyPatience(Duration other) {
        return new Limits(wireBytes, unpackedBytes, spans, other, deadline, span);
    }
}
