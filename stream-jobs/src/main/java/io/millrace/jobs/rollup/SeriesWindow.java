package io.millrace.jobs.rollup;

import io.millrace.schema.window.Cube;
import java.util.List;
import java.util.UUID;

/**
 * A window of a series.
 *
 * @param dims one value for each of the cube's dimensions, as the store keeps it; empty where spans have none
 * @param windowStart seconds since the epoch
 */
public record SeriesWindow(UUID project, Cube cube, List<String> dims, long windowStart) {}
