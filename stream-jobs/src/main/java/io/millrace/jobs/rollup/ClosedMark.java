package io.millrace.jobs.rollup;

/**
 * That a writer of windows has said the final value of every window that ended until a time. Who follows windows fills in
 * zeros on this word only.
 *
 * @param partition of the topic that the word goes to; each gets it
 * @param writer which of the writers, from 0
 * @param writers how many there are
 * @param untilSecond stream time in seconds since the epoch
 */
public record ClosedMark(int partition, int writer, int writers, long untilSecond) implements RollupSaid {}
