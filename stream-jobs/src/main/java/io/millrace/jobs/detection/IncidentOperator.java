package io.millrace.jobs.detection;

import io.millrace.jobs.store.RowWriter;
import io.millrace.jobs.store.Store;
import io.millrace.jobs.store.StoreFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Puts a project's anomalies together to incidents, words them, writes their rows and hands them on. */
@SuppressWarnings("NullAway.Init") // its parts are made when it opens
public final class IncidentOperator extends KeyedProcessFunction<UUID, Finding, Anomaly>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1L;

    private final StoreFactory storeFactory;

    private transient Store store;
    private transient RowWriter<Anomaly> rows;
    private transient int epoch;
    private transient long revision;
    private transient MapState<UUID, Incidents.Member> open;

    public IncidentOperator(StoreFactory storeFactory) {
        this.storeFactory = storeFactory;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        open = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("open", UuidSerializer.INSTANCE, MemberSerializer.INSTANCE));
        store = storeFactory.open();
        epoch = store.nextEpoch();
        rows = store.anomalies();
    }

    @Override
    public void processElement(Finding finding, Context context, Collector<Anomaly> out) throws Exception {
        Map<UUID, Incidents.Member> held = new HashMap<>();
        for (Map.Entry<UUID, Incidents.Member> entry : open.entries()) {
            held.put(entry.getKey(), entry.getValue());
        }
        Incidents incidents = new Incidents(held);
        Incidents.Member member = incidents.accept(finding);
        Anomaly anomaly = new Anomaly(
                finding,
                member.incident(),
                incidents.cause(member),
                Severity.of(finding.worst()),
                Sentence.of(finding),
                epoch,
                ++revision);
        if (held.containsKey(finding.id())) {
            open.put(finding.id(), member);
        } else {
            open.remove(finding.id());
        }
        rows.write(anomaly);
        out.collect(anomaly);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        rows.flush();
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        // All of it is keyed.
    }

    @Override
    public void close() {
        if (store != null) {
            store.close();
        }
    }
}
