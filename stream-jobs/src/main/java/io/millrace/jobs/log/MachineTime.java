package io.millrace.jobs.log;

import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.function.ThrowingRunnable;

/** The machine's own time as an operator sees it: for what depends on how long somebody waits, never for what is counted. */
public final class MachineTime {
    private MachineTime() {}

    /** Does something over and over on the operator's own thread, for the first time after one interval. */
    public static void every(long millis, ProcessingTimeService clock, ThrowingRunnable<Exception> action) {
        clock.registerTimer(clock.getCurrentProcessingTime() + millis, at -> {
            action.run();
            every(millis, clock, action);
        });
    }
}
