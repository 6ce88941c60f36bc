package io.millrace.jobs.rollup;

/**
 * What the windows' operator says to everybody, in one stream and so in one order: values of windows, that time has
 * passed, and what is stored.
 */
public sealed interface RollupSaid permits RollupUpdate, ClosedMark, StoredMark {}
