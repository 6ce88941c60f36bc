package io.millrace.embedded;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** Counts slowly for ever, and tells what it counted and from where it went on. */
final class CountingJob implements MapFunction<Long, Long>, CheckpointedFunction {
    static final AtomicLong COUNT = new AtomicLong();
    static final AtomicLong RESTORED = new AtomicLong(-1);
    private static final long serialVersionUID = 1;

    private transient ListState<Long> state;
    private long count;

    private CountingJob() {}

    static StreamGraph graph(Configuration configuration) {
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
        var environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(1);
        environment
                .fromSequence(0, Long.MAX_VALUE)
                .uid("numbers")
                .map(new CountingJob())
                .uid("count")
                .sinkTo(new DiscardingSink<>())
                .uid("nowhere");
        return environment.getStreamGraph();
    }

    @Override
    public Long map(Long number) {
        LockSupport.parkNanos(100_000);
        COUNT.set(++count);
        return count;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        state.update(java.util.List.of(count));
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        state = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("count", Types.LONG));
        for (var restored : state.get()) count = restored;
        RESTORED.set(context.isRestored() ? count : 0);
    }
}
