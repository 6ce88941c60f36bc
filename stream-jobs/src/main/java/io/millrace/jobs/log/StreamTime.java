package io.millrace.jobs.log;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * The log's own time as an operator sees it. A watermark is not part of a checkpoint, so each operator that decides by
 * it keeps its last one: after a restore time never goes back, whichever task takes over which keys.
 */
public final class StreamTime {
    /** How far stream time lags behind the newest tick: longer than a request may wait for its acknowledgement. */
    public static final long LAG_MILLIS = 5_000;

    private final ListState<Long> state;
    private long millis;

    private StreamTime(ListState<Long> state, long millis) {
        this.state = state;
        this.millis = millis;
    }

    /** Restores the greatest time that any task had seen; the beginning of time at a first start. */
    public static StreamTime open(StateInitializationContext context) throws Exception {
        ListState<Long> state = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>("stream-time", LongSerializer.INSTANCE));
        long millis = Long.MIN_VALUE;
        for (Long restored : state.get()) {
            millis = Math.max(millis, restored);
        }
        return new StreamTime(state, millis);
    }

    /** Milliseconds since the epoch; {@link Long#MIN_VALUE} before the first tick. */
    public long millis() {
        return millis;
    }

    public void advanceTo(long watermark) {
        millis = Math.max(millis, watermark);
    }

    /** For a checkpoint. */
    public void snapshot() throws Exception {
        List<Long> own = new ArrayList<>(1);
        own.add(millis);
        state.update(own);
    }
}
