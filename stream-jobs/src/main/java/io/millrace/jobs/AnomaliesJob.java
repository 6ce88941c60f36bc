package io.millrace.jobs;

import io.millrace.jobs.detection.Anomaly;
import io.millrace.jobs.detection.AnomalySerializer;
import io.millrace.jobs.detection.DetectionOperator;
import io.millrace.jobs.detection.Finding;
import io.millrace.jobs.detection.FindingSerializer;
import io.millrace.jobs.detection.IncidentOperator;
import io.millrace.jobs.detection.SeriesSerializer;
import io.millrace.jobs.detection.UuidSerializer;
import io.millrace.jobs.detection.WatchedWindow;
import io.millrace.jobs.log.KafkaLog;
import io.millrace.jobs.log.LogConfig;
import io.millrace.jobs.store.StoreFactory;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * From windows to anomalies. It follows what the traces job says and nothing else, so that the two fail and start apart.
 *
 * @param from where a first start begins, in milliseconds since the epoch: what came before is not learnt from
 */
public record AnomaliesJob(LogConfig log, StoreFactory store, long from) {
    public void defineOn(StreamExecutionEnvironment env) {
        KafkaLog kafka = new KafkaLog(log);
        kafka.writeAnomalies(anomalies(kafka.windows(env, from)));
    }

    /** The job between its source and its sink. */
    SingleOutputStreamOperator<Anomaly> anomalies(DataStream<WatchedWindow> windows) {
        SingleOutputStreamOperator<Finding> findings = windows.keyBy(
                        WatchedWindow::series, SeriesSerializer.INSTANCE.typeInfo())
                .process(new DetectionOperator(), FindingSerializer.INSTANCE.typeInfo())
                .uid("detect")
                .name("detect");
        return findings.keyBy(finding -> finding.series().project(), UuidSerializer.INSTANCE.typeInfo())
                .process(new IncidentOperator(store), AnomalySerializer.INSTANCE.typeInfo())
                .uid("incidents")
                .name("incidents");
    }
}
