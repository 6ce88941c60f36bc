package io.millrace.query.http;

import java.time.Instant;

/**
 * @param from inclusive
 * @param to exclusive; equal to {@code from} for an empty range
 */
public record TimeRange(Instant from, Instant to) {}
