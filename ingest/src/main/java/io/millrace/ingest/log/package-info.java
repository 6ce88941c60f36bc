/** The durable end of a request: {@link io.millrace.ingest.log.SpanLog}, and Kafka behind it. */
@NullMarked
package io.millrace.ingest.log;

import org.jspecify.annotations.NullMarked;
