package io.millrace.jobs.log;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * Stream time of a partition: its newest tick, less the lag. Flink takes the minimum over partitions. So neither a
 * client's clock nor a silence moves time, a backlog holds it, and a replay has the same times again.
 */
final class TickWatermarks implements WatermarkGenerator<LogRecord> {
    @Override
    public void onEvent(LogRecord record, long eventTimestamp, WatermarkOutput output) {
        if (record.isTick()) {
            output.emitWatermark(new Watermark(record.tickMillis() - StreamTime.LAG_MILLIS));
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        // Only ticks move time.
    }
}
