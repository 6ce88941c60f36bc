/** Finding what is not normal: profiles of series, judgements of windows, anomalies and incidents. */
@NullMarked
package io.millrace.jobs.detection;

import org.jspecify.annotations.NullMarked;
