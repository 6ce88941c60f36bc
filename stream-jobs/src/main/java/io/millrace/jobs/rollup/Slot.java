package io.millrace.jobs.rollup;

import java.util.List;

/** A window of a series within its cube: what state is looked up by. */
record Slot(long windowStart, List<String> dims) {}
