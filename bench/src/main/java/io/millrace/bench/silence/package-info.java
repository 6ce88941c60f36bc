/** What a log that goes silent leaves: how long after its end a window has its final row. */
@NullMarked
package io.millrace.bench.silence;

import org.jspecify.annotations.NullMarked;
