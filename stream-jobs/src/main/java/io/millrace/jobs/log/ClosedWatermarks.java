package io.millrace.jobs.log;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * Time as the writers of windows tell it in a partition: what the slowest of them has closed. Without their word time
 * stands still, and nobody takes a pause of theirs for a silence of their series.
 */
final class ClosedWatermarks implements WatermarkGenerator<RollupHeard> {
    private long[] closedUntil = {};

    @Override
    public void onEvent(RollupHeard heard, long eventTimestamp, WatermarkOutput output) {
        if (heard.window() != null || heard.writer() >= heard.writers()) {
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
        if (slowest > 0) {
            output.emitWatermark(new Watermark(slowest));
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        // Only the writers' word moves time.
    }
}
