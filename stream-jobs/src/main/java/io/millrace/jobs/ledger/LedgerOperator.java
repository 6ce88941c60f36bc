package io.millrace.jobs.ledger;

import io.millrace.jobs.log.StoreFigures;
import io.millrace.jobs.log.StreamTime;
import io.millrace.jobs.store.LedgerCut;
import io.millrace.jobs.store.LedgerRow;
import io.millrace.jobs.store.Store;
import io.millrace.jobs.store.StoreFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Keeps the books, in one task for the whole log: what it adds up at a barrier belongs to exactly the messages before
 * it, and is written when the checkpoint is complete, together with the offsets it speaks of. So the ledger never
 * mixes two moments.
 */
@SuppressWarnings("NullAway.Init") // an operator's parts are made when it opens
public final class LedgerOperator extends AbstractStreamOperator<Void>
        implements OneInputStreamOperator<Account, Void> {
    private static final long serialVersionUID = 1L;

    private final StoreFactory storeFactory;

    // -- runtime
    private transient Store store;
    private transient int epoch;
    private transient StreamTime streamTime;
    private transient ListState<byte[]> state;
    private transient Books books;
    private transient NavigableMap<Long, LedgerCut> pendingCuts;
    private transient volatile long millis;
    private transient volatile long completedAt;

    public LedgerOperator(StoreFactory storeFactory) {
        this.storeFactory = storeFactory;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        streamTime = StreamTime.open(context);
        state = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("books", BytePrimitiveArraySerializer.INSTANCE));
        books = new Books(context.getRestoredCheckpointId().orElse(0));
        for (byte[] restored : state.get()) {
            books.restore(restored);
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        pendingCuts = new TreeMap<>();
        store = storeFactory.open();
        StoreFigures.show(getMetricGroup(), store);
        epoch = store.nextEpoch();
        millis = streamTime.millis();
        completedAt = now();
        MetricGroup figures = getMetricGroup().addGroup("millrace");
        figures.gauge("stream_time_lag_seconds", () -> secondsSince(millis));
        figures.gauge("checkpoint_age_seconds", () -> secondsSince(completedAt));
    }

    /** 0 before there is anything to be behind of. */
    private double secondsSince(long then) {
        return then == Long.MIN_VALUE ? 0 : (now() - then) / 1_000.0;
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void processElement(StreamRecord<Account> element) {
        books.post(element.getValue());
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        streamTime.advanceTo(mark.getTimestamp());
        millis = streamTime.millis();
        super.processWatermark(mark);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        streamTime.snapshot();
        books.forgetBefore(streamTime.millis());
        state.update(List.of(books.snapshot()));
        List<LedgerRow> rows = new ArrayList<>(books.unsaved());
        pendingCuts.put(
                context.getCheckpointId(),
                new LedgerCut(epoch, context.getCheckpointId(), streamTime.millis(), books.nextOffsets(), rows));
        books.beginSegment(context.getCheckpointId());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        completedAt = now();
        LedgerCut cut = pendingCuts.get(checkpointId);
        if (cut != null) {
            store.ledger().save(cut);
            books.saved(checkpointId);
            pendingCuts.headMap(checkpointId, true).clear();
        }
    }

    @Override
    public void close() throws Exception {
        super.close();
        if (store != null) {
            store.close();
        }
    }
}
