/** The edge's own figures, under {@code millrace_ingest_...}. */
@NullMarked
package io.millrace.ingest.metric;

import org.jspecify.annotations.NullMarked;
