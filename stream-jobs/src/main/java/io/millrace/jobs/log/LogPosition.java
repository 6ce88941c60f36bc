package io.millrace.jobs.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * How far in the log an operator's state has come, by partition. Elements of a partition arrive in the order of its
 * offsets, so whatever of this operator's keys lies at or before the position is in its state's past.
 */
public final class LogPosition {
    private final ListState<Long> state;
    private final Map<Integer, Long> reached = new HashMap<>();

    private LogPosition(ListState<Long> state) {
        this.state = state;
    }

    /** Restores the farthest that any task had come: none was farther than the checkpoint. */
    public static LogPosition open(StateInitializationContext context) throws Exception {
        LogPosition position = new LogPosition(context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>("log-position", LongSerializer.INSTANCE)));
        List<Long> pairs = new ArrayList<>();
        position.state.get().forEach(pairs::add);
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            position.advanceTo(Math.toIntExact(pairs.get(i)), pairs.get(i + 1));
        }
        return position;
    }

    public void advanceTo(int partition, long offset) {
        Long before = reached.get(partition);
        if (before == null || before < offset) {
            reached.put(partition, offset);
        }
    }

    /** Whether this place of the log is in the state's past. */
    public boolean isReached(int partition, long offset) {
        Long position = reached.get(partition);
        return position != null && offset <= position;
    }

    /** For a checkpoint. */
    public void snapshot() throws Exception {
        List<Long> pairs = new ArrayList<>(reached.size() * 2);
        reached.forEach((partition, offset) -> {
            pairs.add((long) partition);
            pairs.add(offset);
        });
        state.update(pairs);
    }
}
