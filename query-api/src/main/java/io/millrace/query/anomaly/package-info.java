/** Anomalies as the jobs found them, and what people say about them. */
@NullMarked
package io.millrace.query.anomaly;

import org.jspecify.annotations.NullMarked;
