package io.millrace.jobs.log;

import io.millrace.jobs.assembly.SpanFact;
import io.millrace.jobs.ledger.Account;
import io.millrace.jobs.pricing.SpanPricing;
import io.millrace.jobs.store.BodyRow;
import io.millrace.jobs.store.Store;
import io.millrace.jobs.store.StoreFactory;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Sends the parts of each record on their ways. Bodies go to the store from here: they need not travel with the facts.
 */
@SuppressWarnings("NullAway.Init") // an operator's parts are made when it opens
public final class SplitOperator extends AbstractStreamOperator<SpanFact>
        implements OneInputStreamOperator<LogRecord, SpanFact> {
    private static final long serialVersionUID = 1L;

    private final StoreFactory storeFactory;
    private final FaultHook faultHook;
    private final OutputTag<Account> accounts;
    private final OutputTag<LogRecord> rejected;

    // -- runtime
    private transient Store store;
    private transient RecordSplitter splitter;

    public SplitOperator(
            StoreFactory storeFactory,
            FaultHook faultHook,
            OutputTag<Account> accounts,
            OutputTag<LogRecord> rejected) {
        this.storeFactory = storeFactory;
        this.faultHook = faultHook;
        this.accounts = accounts;
        this.rejected = rejected;
    }

    @Override
    public void open() throws Exception {
        super.open();
        store = storeFactory.open();
        StoreFigures.show(getMetricGroup(), store, "bodies");
        splitter = new RecordSplitter(SpanPricing.shipped());
    }

    @Override
    public void processElement(StreamRecord<LogRecord> element) throws Exception {
        LogRecord record = element.getValue();
        if (record.isTick()) {
            faultHook.onTick();
            output.collect(accounts, new StreamRecord<>(Account.tick(record.partition(), record.offset() + 1)));
            return;
        }
        RecordSplitter.Parts parts = splitter.split(record);
        output.collect(accounts, new StreamRecord<>(parts.account()));
        for (BodyRow body : parts.bodies()) {
            store.bodies().write(body);
        }
        for (SpanFact fact : parts.facts()) {
            output.collect(new StreamRecord<>(fact));
        }
        if (parts.quarantined()) {
            output.collect(rejected, new StreamRecord<>(record));
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        store.bodies().flush();
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
