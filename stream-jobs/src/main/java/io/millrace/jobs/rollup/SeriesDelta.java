package io.millrace.jobs.rollup;

import io.millrace.schema.window.WindowValue;

/** What a bundle adds to a window of a series. */
public record SeriesDelta(SeriesWindow window, WindowValue value) {}
