/** Traces out of spans: dedupe, counting once, states, summaries. */
@NullMarked
package io.millrace.jobs.assembly;

import org.jspecify.annotations.NullMarked;
