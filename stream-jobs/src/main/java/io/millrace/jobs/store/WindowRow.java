package io.millrace.jobs.store;

import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;

/**
 * A row of one of the rollup tables; the writer marks the next coarser window stale in the same transaction (but for
 * the joint cube, which has one grain only).
 */
public record WindowRow(Grain grain, SeriesWindow window, Revision revision, WindowValue value) {}
