package io.millrace.jobs.log;

import io.millrace.jobs.detection.WatchedWindow;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * Time as the writers of windows tell it in a partition: what the slowest of them has closed. Without their word time
 * stands still, and nobody takes a pause of theirs for a silence of their series.
 *
 * <p>When the writers were started again, which is seen by a new epoch, time stands still for a while more and then leaps:
 * senders, too, had nobody to send to, and take some time to find that they can again. Who sees time leap knows that of the
 * windows in between not everything may have come.
 */
final class ClosedWatermarks implements WatermarkGenerator<RollupHeard> {
    /** In stream time, which begins again some seconds before an edge takes spans again, and senders try it again. */
    private static final long STANDING_MILLIS = 15_000;

    private long[] closedUntil = {};
    private int epoch = -1;
    private boolean startedAgain;
    private long standsUntil = Long.MIN_VALUE;

    @Override
    public void onEvent(RollupHeard heard, long eventTimestamp, WatermarkOutput output) {
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
        if (slowest > 0 && slowest >= standsUntil) {
            output.emitWatermark(new Watermark(slowest));
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        // Only the writers' word moves time.
    }
}
