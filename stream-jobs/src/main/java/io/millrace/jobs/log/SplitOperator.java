package io.millrace.jobs.log;

import io.millrace.jobs.assembly.SpanFact;
import io.millrace.jobs.ledger.Account;
import io.millrace.jobs.pricing.SpanPricing;
import io.millrace.jobs.store.BodyRow;
import io.millrace.jobs.store.RejectedRow;
import io.millrace.jobs.store.Rejection;
import io.millrace.jobs.store.Store;
import io.millrace.jobs.store.StoreFactory;
import io.millrace.schema.wire.Replay;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Sends the parts of each record on their ways. Bodies go to the store from here: they need not travel with the facts. So
 * does what is told of records that cannot be understood.
 *
 * <p>A record that is replayed is understood at most once, and only if it was not understood where it came first: any other
 * replay of it counts nothing.
 */
@SuppressWarnings("NullAway.Init") // an operator's parts are made when it opens
public final class SplitOperator extends AbstractStreamOperator<SpanFact>
        implements OneInputStreamOperator<LogRecord, SpanFact> {
    private static final long serialVersionUID = 1L;

    private final StoreFactory storeFactory;
    private final FaultHook faultHook;
    private final OutputTag<Account> accounts;
    private final OutputTag<Rejection> rejected;

    // -- runtime
    private transient Store store;
    private transient RecordSplitter splitter;
    private transient Quarantine quarantine;
    private transient int epoch;
    private transient long revision;
    private transient long tickMillis;

    public SplitOperator(
            StoreFactory storeFactory,
            FaultHook faultHook,
            OutputTag<Account> accounts,
            OutputTag<Rejection> rejected) {
        this.storeFactory = storeFactory;
        this.faultHook = faultHook;
        this.accounts = accounts;
        this.rejected = rejected;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        quarantine = Quarantine.open(context);
    }

    @Override
    public void open() throws Exception {
        super.open();
        store = storeFactory.open();
        StoreFigures.show(getMetricGroup(), store, "bodies");
        splitter = new RecordSplitter(SpanPricing.shipped());
        epoch = store.nextEpoch();
    }

    @Override
    public void processElement(StreamRecord<LogRecord> element) throws Exception {
        LogRecord record = element.getValue();
        if (record.isTick()) {
            tick(record);
            return;
        }
        Replay replay = RecordSplitter.replayOf(record);
        send(replay == null ? first(record) : again(record, replay));
    }

    private RecordSplitter.Parts first(LogRecord record) {
        RecordSplitter.Parts parts = splitter.split(record);
        if (parts.quarantined()) {
            quarantine.add(record.partition(), record.offset());
        }
        return parts;
    }

    /** What is not held was understood before, or when the log was read again from before it. */
    private RecordSplitter.Parts again(LogRecord record, Replay replay) {
        if (!quarantine.holds(replay.getPartition(), replay.getOffset())) {
            return RecordSplitter.understoodBefore(record, replay);
        }
        RecordSplitter.Parts parts = splitter.splitAgain(record, replay);
        if (parts.recovered()) {
            quarantine.release(replay.getPartition(), replay.getOffset());
        }
        return parts;
    }

    private void tick(LogRecord record) throws Exception {
        faultHook.onTick();
        splitter.setBlind(faultHook.rejectsRecords());
        tickMillis = Math.max(tickMillis, record.tickMillis());
        account(Account.tick(record.partition(), record.offset() + 1));
    }

    private void send(RecordSplitter.Parts parts) throws Exception {
        account(parts.account());
        for (BodyRow body : parts.bodies()) {
            store.bodies().write(body);
        }
        for (SpanFact fact : parts.facts()) {
            output.collect(new StreamRecord<>(fact));
        }
        Rejection rejection = parts.rejection();
        if (rejection != null) {
            store.rejected().write(new RejectedRow(rejection, epoch, ++revision));
            if (rejection.isNew()) {
                output.collect(rejected, new StreamRecord<>(rejection));
            }
        }
    }

    private void account(Account account) {
        output.collect(accounts, new StreamRecord<>(account));
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        store.bodies().hurry();
        store.rejected().hurry();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        quarantine.snapshot(tickMillis);
        store.bodies().flush();
        store.rejected().flush();
    }

    @Override
    public void close() throws Exception {
        super.close();
        if (splitter != null) {
            splitter.close();
        }
        if (store != null) {
            store.close();
        }
    }
}
