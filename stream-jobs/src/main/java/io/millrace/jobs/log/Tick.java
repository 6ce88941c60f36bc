package io.millrace.jobs.log;

/** A moment told to one partition of the log. */
public record Tick(int partition, long millis) {}
