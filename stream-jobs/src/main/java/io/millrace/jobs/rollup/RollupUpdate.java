package io.millrace.jobs.rollup;

import io.millrace.schema.window.Revision;

/**
 * A window's absolute value as of a revision.
 *
 * @param closed the window's end has passed: the value is final until a late span revises it
 * @param value an encoded {@code WindowValue}
 */
public record RollupUpdate(SeriesWindow window, Revision revision, boolean closed, byte[] value)
        implements RollupSaid {}
