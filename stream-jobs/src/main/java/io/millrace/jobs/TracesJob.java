package io.millrace.jobs;

import io.millrace.jobs.assembly.AssemblyConfig;
import io.millrace.jobs.assembly.AssemblyOperator;
import io.millrace.jobs.assembly.SpanFact;
import io.millrace.jobs.assembly.SpanFactSerializer;
import io.millrace.jobs.assembly.TraceKey;
import io.millrace.jobs.assembly.TraceKeySerializer;
import io.millrace.jobs.assembly.TraceUpdate;
import io.millrace.jobs.assembly.TraceUpdateSerializer;
import io.millrace.jobs.ledger.Account;
import io.millrace.jobs.ledger.AccountSerializer;
import io.millrace.jobs.ledger.LedgerOperator;
import io.millrace.jobs.log.FaultHook;
import io.millrace.jobs.log.KafkaLog;
import io.millrace.jobs.log.LogConfig;
import io.millrace.jobs.log.SplitOperator;
import io.millrace.jobs.rollup.CubeKey;
import io.millrace.jobs.rollup.CubeKeySerializer;
import io.millrace.jobs.rollup.RollupSaid;
import io.millrace.jobs.rollup.RollupSaidSerializer;
import io.millrace.jobs.rollup.SeriesDelta;
import io.millrace.jobs.rollup.SeriesDeltaSerializer;
import io.millrace.jobs.rollup.WindowConfig;
import io.millrace.jobs.rollup.WindowOperator;
import io.millrace.jobs.store.Rejection;
import io.millrace.jobs.store.RejectionSerializer;
import io.millrace.jobs.store.StoreFactory;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/**
 * From the log to rows and windows. The whole graph on one screen; the uids never change, since state is found by them.
 *
 * @param log where spans come from and updates go to
 * @param store where rows go to
 */
public record TracesJob(
        LogConfig log, StoreFactory store, AssemblyConfig assembly, WindowConfig windows, FaultHook faultHook) {
    private static final OutputTag<Account> ACCOUNTS =
            new OutputTag<>("accounts", AccountSerializer.INSTANCE.typeInfo());
    private static final OutputTag<Account> OUTCOMES =
            new OutputTag<>("outcomes", AccountSerializer.INSTANCE.typeInfo());
    private static final OutputTag<Rejection> REJECTED =
            new OutputTag<>("rejected", RejectionSerializer.INSTANCE.typeInfo());

    private static final OutputTag<TraceUpdate> TRACES =
            new OutputTag<>("traces", TraceUpdateSerializer.INSTANCE.typeInfo());

    public TracesJob(LogConfig log, StoreFactory store) {
        this(log, store, AssemblyConfig.DEFAULT, WindowConfig.DEFAULT, FaultHook.OFF);
    }

    public void defineOn(StreamExecutionEnvironment env) {
        KafkaLog kafka = new KafkaLog(log);
        kafka.writeTicks(env);
        SingleOutputStreamOperator<SpanFact> facts = kafka.records(env)
                .transform(
                        "split",
                        SpanFactSerializer.INSTANCE.typeInfo(),
                        new SplitOperator(store, faultHook, ACCOUNTS, REJECTED))
                .uid("split");
        SingleOutputStreamOperator<SeriesDelta> deltas = byTrace(facts, env.getParallelism())
                .transform(
                        "assemble",
                        SeriesDeltaSerializer.INSTANCE.typeInfo(),
                        new AssemblyOperator(store, assembly, OUTCOMES, TRACES))
                .uid("assemble");
        SingleOutputStreamOperator<RollupSaid> said = deltas.keyBy(CubeKey::of, CubeKeySerializer.INSTANCE.typeInfo())
                .transform("windows", RollupSaidSerializer.INSTANCE.typeInfo(), new WindowOperator(store, windows))
                .uid("windows");
        facts.getSideOutput(ACCOUNTS)
                .union(deltas.getSideOutput(OUTCOMES))
                .transform("ledger", Types.VOID, new LedgerOperator(store))
                .uid("ledger")
                .setParallelism(1)
                .setMaxParallelism(1);
        kafka.writeTraces(deltas.getSideOutput(TRACES));
        kafka.writeRollups(said);
        kafka.writeRejected(facts.getSideOutput(REJECTED));
    }

    /** One task alone has every trace already: writing each span to a channel and reading it back would be for nothing. */
    private static KeyedStream<SpanFact, TraceKey> byTrace(DataStream<SpanFact> facts, int parallelism) {
        return parallelism == 1
                ? DataStreamUtils.reinterpretAsKeyedStream(facts, TraceKey::of, TraceKeySerializer.INSTANCE.typeInfo())
                : facts.keyBy(TraceKey::of, TraceKeySerializer.INSTANCE.typeInfo());
    }
}
