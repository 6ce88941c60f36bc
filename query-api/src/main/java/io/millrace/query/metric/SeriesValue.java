package io.millrace.query.metric;

import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import java.util.List;

/**
 * The value of one window of one series.
 *
 * @param windowStart second of the epoch
 * @param dims in the order of the cube's dimensions
 */
record SeriesValue(long windowStart, List<String> dims, Revision revision, WindowValue value) {}
