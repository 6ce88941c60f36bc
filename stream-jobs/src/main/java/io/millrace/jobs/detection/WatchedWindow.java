package io.millrace.jobs.detection;

import io.millrace.schema.window.Revision;

/**
 * A window's value as the traces job said it.
 *
 * @param start of the window, in milliseconds since the epoch
 * @param value an encoded {@code WindowValue}; not to be changed
 */
public record WatchedWindow(Series series, long start, Revision revision, byte[] value) {}
