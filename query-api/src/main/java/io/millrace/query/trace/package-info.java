/** Traces: one with its spans and payloads, and the list of them. */
@NullMarked
package io.millrace.query.trace;

import org.jspecify.annotations.NullMarked;
