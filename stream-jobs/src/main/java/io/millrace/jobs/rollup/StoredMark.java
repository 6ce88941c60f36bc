package io.millrace.jobs.rollup;

/**
 * What the store is sure to have of a writer of windows: all that it said of windows which ended until a time.
 *
 * @param writer which of them, from 0
 * @param writers how many there are
 * @param epoch the writer's attempt
 * @param n the attempt's last revision that is in the store, if its window had ended
 * @param untilSecond stream time when the store was sure, in seconds since the epoch: every window that ended until then
 *     is in the store as the attempt knew it, also where the attempt has said nothing of it
 */
public record StoredMark(int writer, int writers, int epoch, long n, long untilSecond) implements RollupSaid {}
