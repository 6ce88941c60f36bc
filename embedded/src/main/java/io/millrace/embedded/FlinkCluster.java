package io.millrace.embedded;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.messages.FlinkJobNotFoundException;
import org.apache.flink.runtime.metrics.MetricRegistryConfiguration;
import org.apache.flink.runtime.metrics.MetricRegistryImpl;
import org.apache.flink.runtime.metrics.ReporterSetup;
import org.apache.flink.runtime.metrics.filter.ReporterFilter;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink cluster in this process, for all jobs. Its REST endpoint is on loopback and wants a password.
 *
 * <p>A job keeps its identity by its {@link JobID}: submitted again under the same one, also after {@code kill -9}, it goes
 * on from its newest complete checkpoint.
 */
public final class FlinkCluster implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(FlinkCluster.class);
    private static final long ANSWER_SECONDS = 60;

    private final FlinkConfig config;
    private final Checkpoints checkpoints;
    private final FlinkMetrics metrics = new FlinkMetrics();
    private @Nullable MiniCluster cluster;

    /** Makes a cluster; nothing runs yet. */
    public FlinkCluster(FlinkConfig config) {
        this.config = config;
        this.checkpoints = new Checkpoints(config.checkpoints());
    }

    /**
     * Starts, and returns when jobs can be submitted.
     *
     * @throws IllegalStateException if it runs already or cannot start
     */
    public synchronized void start() {
        if (cluster != null) throw new IllegalStateException("the Flink cluster runs already");
        long start = System.nanoTime();
        var starting = new ReportingCluster(
                new MiniClusterConfiguration.Builder()
                        .setConfiguration(FlinkSettings.cluster(config))
                        .setNumTaskManagers(1)
                        .setNumSlotsPerTaskManager(config.slots())
                        .setRpcServiceSharing(RpcServiceSharing.SHARED)
                        .build(),
                metrics.reporter());
        cluster = starting;
        try {
            starting.start();
        } catch (Exception e) {
            throw new IllegalStateException("the Flink cluster did not start", e);
        }
        LOGGER.atInfo()
                .addKeyValue("port", config.port())
                .addKeyValue("elapsed_ms", (System.nanoTime() - start) / 1_000_000)
                .log("flink started");
    }

    /**
     * What jobs of this cluster start from: state in the heap, checkpoints that outlive the job. A job adds at least its
     * checkpoint interval.
     */
    public Configuration jobConfiguration() {
        return FlinkSettings.job(config);
    }

    /**
     * Submits a job, from its newest complete checkpoint if there is one, and returns when the cluster has accepted it.
     *
     * @param job the identity under which its checkpoints are found again
     * @return the checkpoint from which it goes on
     * @throws IllegalStateException if the cluster refuses the job, or one of that identity runs, or has ended: Flink
     *     takes an identity once, so that a cancelled or failed job needs a new cluster
     */
    public Optional<Path> submit(JobID job, StreamGraph graph) {
        return submit(graph.getJobGraph(Thread.currentThread().getContextClassLoader(), job));
    }

    /** Submits a job as {@link #submit(JobID, StreamGraph)} does, under the identity that the graph has. */
    public Optional<Path> submit(JobGraph graph) {
        var job = graph.getJobID();
        status(job).ifPresent(status -> {
            throw new IllegalStateException(
                    status.isGloballyTerminalState()
                            ? "the job " + job + " has ended as " + status + ": only a new cluster takes it again"
                            : "the job " + job + " runs already");
        });
        checkpoints.tidy(job);
        var restored = checkpoints.newest(job);
        restored.ifPresent(checkpoint -> graph.setSavepointRestoreSettings(
                SavepointRestoreSettings.forPath(checkpoint.toUri().toString(), false, RecoveryClaimMode.CLAIM)));
        answer(running().submitJob(graph), "submit the job " + job);
        LOGGER.atInfo()
                .addKeyValue("job", job)
                .addKeyValue("checkpoint", restored.map(Path::getFileName).orElse(null))
                .log("job submitted");
        return restored;
    }

    /** The job's state, empty if this cluster does not know the job. */
    public Optional<JobStatus> status(JobID job) {
        try {
            return Optional.of(answer(running().getJobStatus(job), "ask for the job " + job));
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof FlinkJobNotFoundException) return Optional.empty();
            throw e;
        }
    }

    /** Asks the job to stop, and returns when it was told. Its checkpoints stay. */
    public void cancel(JobID job) {
        answer(running().cancelJob(job), "cancel the job " + job);
    }

    /** Completes when the job has ended: normally with its result's state, exceptionally if the cluster goes first. */
    public CompletableFuture<JobStatus> ended(JobID job) {
        return running()
                .requestJobResult(job)
                .thenApply(result -> result.getJobStatus().orElse(JobStatus.FAILED));
    }

    /** The cluster itself, for what this class does not offer. */
    public MiniCluster miniCluster() {
        return running();
    }

    /** What the cluster counts of itself and of its jobs; empty while it does not run. */
    public FlinkMetrics metrics() {
        return metrics;
    }

    /** The REST endpoint. */
    public URI rest() {
        return URI.create("http://127.0.0.1:" + config.port());
    }

    /** The value of the {@code Authorization} header that the REST endpoint wants. */
    public String restAuthorization() {
        return RestPassword.header(config.password());
    }

    /** Stops the cluster and, without cancelling them, its jobs. Does nothing if it does not run. */
    @Override
    public synchronized void close() {
        var running = cluster;
        if (running == null) return;
        cluster = null;
        answer(running.closeAsync(), "stop the Flink cluster");
    }

    private synchronized MiniCluster running() {
        if (cluster == null) throw new IllegalStateException("the Flink cluster does not run");
        return cluster;
    }

    private static <T> T answer(CompletableFuture<T> future, String wish) {
        try {
            return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot " + wish, e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("cannot " + wish + ": no answer within " + ANSWER_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("cannot " + wish + ": interrupted", e);
        }
    }

    /** Hands its figures to a reporter of this process, which no setting can name. */
    private static final class ReportingCluster extends MiniCluster {
        private final MetricReporter reporter;

        ReportingCluster(MiniClusterConfiguration configuration, MetricReporter reporter) {
            super(configuration);
            this.reporter = reporter;
        }

        @Override
        protected MetricRegistryImpl createMetricRegistry(Configuration configuration, long maximumMessageBytes) {
            return new MetricRegistryImpl(
                    MetricRegistryConfiguration.fromConfiguration(configuration, maximumMessageBytes),
                    List.of(new ReporterSetup(
                            "millrace", new MetricConfig(), reporter, ReporterFilter.getNoOpFilter(), Map.of())));
        }
    }
}
