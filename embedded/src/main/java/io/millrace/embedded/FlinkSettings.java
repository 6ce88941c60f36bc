package io.millrace.embedded;

import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;

/** The settings of a small cluster on loopback, and those that its jobs share. */
final class FlinkSettings {
    private static final String LOOPBACK = "127.0.0.1";
    private static final MemorySize SMALL = MemorySize.ofMebiBytes(32);

    private FlinkSettings() {}

    static Configuration cluster(FlinkConfig config) {
        var settings = job(config);
        settings.set(RestOptions.PORT, config.port());
        settings.set(RestOptions.BIND_PORT, Integer.toString(config.port()));
        settings.set(RestOptions.ADDRESS, LOOPBACK);
        settings.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        settings.set(RestPassword.PASSWORD, config.password());
        settings.set(WebOptions.SUBMIT_ENABLE, false);
        settings.set(WebOptions.CANCEL_ENABLE, false);
        settings.set(JobManagerOptions.ADDRESS, LOOPBACK);
        settings.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        settings.set(TaskManagerOptions.HOST, LOOPBACK);
        settings.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, SMALL);
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, SMALL);
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, SMALL);
        settings.set(CoreOptions.TMP_DIRS, config.temporary().toString());
        settings.set(MetricOptions.JOB_STATUS_METRICS, List.of(MetricOptions.JobStatusMetrics.STATE));
        settings.set(CoreOptions.CLASSLOADER_RESOLVE_ORDER, "parent-first");
        return settings;
    }

    /** State in the heap, checkpoints on disk that outlive the job, and little waiting between operators. */
    static Configuration job(FlinkConfig config) {
        var settings = new Configuration();
        settings.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        settings.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                config.checkpoints().toUri().toString());
        settings.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        settings.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
        settings.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(5));
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        return settings;
    }
}
