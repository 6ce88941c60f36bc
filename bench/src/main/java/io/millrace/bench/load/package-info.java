/**
 * Traffic and its truth: {@link Workload} builds requests from templates whose ids, times and token counts are patched
 * in place; {@link Truth} sums what the acknowledged ones must amount to; {@link Sender} sends on a schedule that never
 * waits for answers. Nothing here shares code with the system under test: the figures are computed a second time.
 */
@NullMarked
package io.millrace.bench.load;

import org.jspecify.annotations.NullMarked;
