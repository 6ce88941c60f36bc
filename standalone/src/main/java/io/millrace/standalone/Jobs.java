package io.millrace.standalone;

import io.millrace.embedded.FlinkCluster;
import io.millrace.jobs.JobSettings;
import io.millrace.jobs.TracesJob;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs the jobs on the embedded cluster. */
final class Jobs {
    /** Never changes: the job's state is found by it. */
    static final JobID TRACES = JobID.fromHexString("6d696c6c72616365000000000000a001");

    private final FlinkCluster cluster;
    private final int parallelism;

    Jobs(FlinkCluster cluster, int parallelism) {
        this.cluster = cluster;
        this.parallelism = parallelism;
    }

    /** Submits the job; it goes on from its newest checkpoint. */
    void submit(TracesJob job) {
        Configuration settings = new Configuration(cluster.jobConfiguration());
        settings.addAll(JobSettings.of(parallelism));
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(settings);
        job.defineOn(env);
        cluster.submit(TRACES, env.getStreamGraph());
    }
}
