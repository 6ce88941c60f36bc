/**
 * Metrics from windows: {@code MetricQuery} says what is wanted, {@code CubePlan} which cube has it, {@code Cover} from
 * which windows of which grain it is summed, {@code Overlay} what is not in Postgres yet.
 */
@NullMarked
package io.millrace.query.metric;

import org.jspecify.annotations.NullMarked;
