package io.millrace.ingest.http;

import io.millrace.ingest.span.SpanLimits;
import java.time.Duration;

/**
 * What one request may take.
 *
 * @param wireBytes of a body as it arrives
 * @param unpackedBytes of a body after its content encoding is undone
 * @param bodyPatience from a request's headers to the end of its body
 * @param deadline from the end of a body to its answer
 * @param span what its items may take, and how many there may be
 */
public record Limits(int wireBytes, int unpackedBytes, Duration bodyPatience, Duration deadline, SpanLimits span) {

    public Limits withDeadline(Duration other) {
        return new Limits(wireBytes, unpackedBytes, bodyPatience, other, span);
    }

    public Limits withBodyPatience(Duration other) {
        return new Limits(wireBytes, unpackedBytes, other, deadline, span);
    }
}
