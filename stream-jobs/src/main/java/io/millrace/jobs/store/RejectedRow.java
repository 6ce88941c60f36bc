package io.millrace.jobs.store;

/**
 * A row of {@code rejected}: a record that could not be understood, and what became of its last replay.
 *
 * @param epoch with {@code revision}: which write of this row is newer
 */
public record RejectedRow(Rejection rejection, int epoch, long revision) {}
