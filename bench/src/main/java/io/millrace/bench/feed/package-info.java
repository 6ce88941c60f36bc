/**
 * The live feed: whether clients that are cut off, through a kill of everything, get every state that the tables end up
 * with; and how long after its acknowledgement a span is pushed, and an anomaly that it makes, beside the log's own latency
 * in the same run.
 */
@NullMarked
package io.millrace.bench.feed;

import org.jspecify.annotations.NullMarked;
