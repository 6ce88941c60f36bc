/**
 * How much a sender may send: {@link io.millrace.ingest.limit.Limit} is the arithmetic, {@link
 * io.millrace.ingest.limit.Allowance} what holds for one request, and {@link io.millrace.ingest.limit.Limiter} who counts.
 */
@NullMarked
package io.millrace.ingest.limit;

import org.jspecify.annotations.NullMarked;
