/**
 * Metrics from windows: {@code MetricQuery} says what is wanted, {@code CubePlan} which cube has it, {@code Cover} from
 * which windows of which grain it is summed, {@code Overlay} what may not be in Postgres yet, until the jobs say that it is.
 */
@NullMarked
package io.millrace.query.metric;

import org.jspecify.annotations.NullMarked;
