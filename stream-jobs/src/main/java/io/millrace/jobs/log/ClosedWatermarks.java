package io.millrace.jobs.log;

import io.millrace.jobs.detection.WatchedWindow;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * Time as the writers of windows tell it in a partition: what the slowest of them has closed. Without their word time
 * stands still, and nobody takes a pause of theirs for a silence of their series.
 *
 * <p>While the writers catch up, which is seen by how old their word is when they say it, time stands still too: what comes
 * then comes in clumps, the spans of many seconds before the first of these seconds has passed. Where they stay behind time
 * leaps from while to while. When they were started again, which is seen by a new epoch, it stands still for a while more:
 * senders, too, had nobody to send to, and take some time to find that they can again. Who sees time leap knows that of the
 * windows in between not everything may have come.
 */
final class ClosedWatermarks implements WatermarkGenerator<RollupHeard> {
    /** In stream time, which begins again some seconds before an edge takes spans again, and senders try it again. */
    private static final long STANDING_MILLIS = 15_000;

    /** Stream time is behind the edge by five seconds and said each second; the rest is a hiccup. */
    private static final long BEHIND_MILLIS = StreamTime.LAG_MILLIS + 2_000;
    /** By the writers' clock: so long a window that has closed may wait for those who stay behind. */
    private static final long MOST_BEHIND_MILLIS = 10_000;

    private static final long NEVER = Long.MIN_VALUE;

    private long[] closedUntil = {};
    private long behindSince = NEVER;
    private int epoch = -1;
    private boolean startedAgain;
    private long standsUntil = NEVER;

    @Override
    public void onEvent(RollupHeard heard, long saidAt, WatermarkOutput output) {
        WatchedWindow window = heard.window();
        if (window != null) {
            startedAgain |= epoch >= 0 && window.revision().epoch() > epoch;
            epoch = Math.max(epoch, window.revision().epoch());
            return;
        }
        if (heard.writer() >= heard.writers()) {
            return;
        }
        if (closedUntil.length != heard.writers()) {
            closedUntil = new long[heard.writers()];
        }
        closedUntil[heard.writer()] = Math.max(closedUntil[heard.writer()], heard.closedUntil());
        long slowest = Long.MAX_VALUE;
        for (long until : closedUntil) {
            slowest = Math.min(slowest, until);
        }
        if (startedAgain) {
            standsUntil = slowest + STANDING_MILLIS;
            startedAgain = false;
        }
        if (slowest > 0 && !areCatchingUp(saidAt - slowest, saidAt) && slowest >= standsUntil) {
            output.emitWatermark(new Watermark(slowest));
        }
    }

    /** Whether the writers, who were so far behind at {@code saidAt}, may soon not be. */
    private boolean areCatchingUp(long behind, long saidAt) {
        if (behind <= BEHIND_MILLIS) {
            behindSince = NEVER;
            return false;
        }
        if (behindSince == NEVER) {
            behindSince = saidAt;
        }
        if (saidAt - behindSince < MOST_BEHIND_MILLIS) {
            return true;
        }
        behindSince = saidAt;
        return false;
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        // Only the writers' word moves time.
    }
}
