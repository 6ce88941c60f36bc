/** Traffic that is calm but for bursts of errors, and what was told of them. */
@NullMarked
package io.millrace.bench.burst;

import org.jspecify.annotations.NullMarked;
