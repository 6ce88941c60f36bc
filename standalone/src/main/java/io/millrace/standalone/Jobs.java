package io.millrace.standalone;

import io.millrace.embedded.FlinkCluster;
import io.millrace.jobs.AnomaliesJob;
import io.millrace.jobs.JobSettings;
import io.millrace.jobs.TracesJob;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs the jobs on the embedded cluster. */
final class Jobs {
    private static final int PARALLELISM = 1;
    /** Each job has pipelines of its own, and no job may wait for another's to end. */
    static final int SLOTS = 2 * PARALLELISM;

    // They never change: a job's state is found by its id.
    private static final JobID TRACES = JobID.fromHexString("6d696c6c72616365000000000000a001");
    private static final JobID ANOMALIES = JobID.fromHexString("6d696c6c72616365000000000000a002");

    private final FlinkCluster cluster;

    Jobs(FlinkCluster cluster) {
        this.cluster = cluster;
    }

    /** Submits the job; it goes on from its newest checkpoint. */
    void submit(TracesJob job) {
        submit(TRACES, "traces", job::defineOn);
    }

    /** Submits the job; it goes on from its newest checkpoint. */
    void submit(AnomaliesJob job) {
        submit(ANOMALIES, "anomalies", job::defineOn);
    }

    private void submit(JobID id, String name, Consumer<StreamExecutionEnvironment> graph) {
        Configuration settings = new Configuration(cluster.jobConfiguration());
        settings.addAll(JobSettings.of(PARALLELISM));
        settings.set(PipelineOptions.NAME, name);
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(settings);
        graph.accept(env);
        cluster.submit(id, env.getStreamGraph());
    }
}
