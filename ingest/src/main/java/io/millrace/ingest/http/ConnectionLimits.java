package io.millrace.ingest.http;

import java.time.Duration;

/**
 * What a connection for spans may take before anything of a body has come.
 *
 * @param most that are open at once and have asked for something, over all ports for spans
 * @param idle after which a connection is closed that has no request under way whose headers are complete
 * @param headBytes of one request's headers
 * @param streams that one HTTP/2 connection may have under way
 * @param resets of its own streams that one HTTP/2 connection may do in a minute
 */
public record ConnectionLimits(int most, Duration idle, int headBytes, int streams, int resets) {}
