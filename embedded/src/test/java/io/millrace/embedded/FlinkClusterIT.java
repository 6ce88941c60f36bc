package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlinkClusterIT {
    private static final JobID JOB = JobID.fromHexString("00000000000000000000000000000a11");

    @TempDir
    Path folder;

    private DataFolder data;
    private FlinkConfig config;
    private FlinkCluster flink;

    @BeforeEach
    void start() {
        CountingJob.COUNT.set(0);
        data = DataFolder.open(folder);
        config = FlinkConfig.in(data, 2);
        flink = new FlinkCluster(config);
        flink.start();
    }

    @AfterEach
    void stop() {
        flink.close();
        data.close();
    }

    @Test
    void aJobGoesOnFromItsNewestCheckpointInANewCluster() throws Exception {
        assertThat(flink.submit(JOB, CountingJob.graph(flink.jobConfiguration())))
                .isEmpty();
        awaitCheckpointBehind(0);
        flink.close();
        var brokenAttempt = config.checkpoints().resolve(JOB.toHexString()).resolve("chk-999999");
        Files.createDirectories(brokenAttempt);

        flink = new FlinkCluster(FlinkConfig.in(data, 2));
        flink.start();
        CountingJob.RESTORED.set(-1);
        var checkpoint = flink.submit(JOB, CountingJob.graph(flink.jobConfiguration()));

        assertThat(checkpoint).isPresent();
        assertThat(brokenAttempt).doesNotExist();
        await().atMost(Duration.ofSeconds(60)).until(() -> CountingJob.RESTORED.get() >= 0);
        assertThat(CountingJob.RESTORED.get()).isPositive();
        long restored = CountingJob.RESTORED.get();
        await().atMost(Duration.ofSeconds(100)).until(() -> CountingJob.COUNT.get() > restored);
    }

    @Test
    void itsFiguresAreShownWithoutIdsOfTasks() {
        flink.submit(JOB, CountingJob.graph(flink.jobConfiguration()));
        awaitCheckpointBehind(0);

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(flink.metrics().read())
                        .anyMatch(sample ->
                                sample.name().equals("flink_jobmanager_job_running_state") && sample.value() == 1)
                        .anyMatch(sample -> sample.name().equals("flink_jobmanager_job_number_of_completed_checkpoints")
                                && sample.value() > 0)
                        .anyMatch(
                                sample -> sample.name().equals("flink_taskmanager_job_task_operator_num_records_out")));
        assertThat(flink.metrics().read())
                .allSatisfy(sample -> assertThat(sample.labels().keySet())
                        .isSubsetOf("job_name", "task_name", "operator_name", "subtask_index"))
                .doesNotHaveDuplicates()
                .hasSizeLessThan(100);
        flink.close();
        assertThat(flink.metrics().read()).isEmpty();
    }

    @Test
    void aCancelledJobKeepsItsCheckpoints() {
        flink.submit(JOB, CountingJob.graph(flink.jobConfiguration()));
        awaitCheckpointBehind(0);

        flink.cancel(JOB);

        assertThat(flink.ended(JOB)).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(JobStatus.CANCELED);
        assertThat(new Checkpoints(config.checkpoints()).newest(JOB)).isPresent();
        assertThatThrownBy(() -> flink.submit(JOB, CountingJob.graph(flink.jobConfiguration())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("new cluster");
    }

    @Test
    void aJobRunsOnceAtATime() {
        assertThat(flink.status(JOB)).isEmpty();
        flink.submit(JOB, CountingJob.graph(flink.jobConfiguration()));
        await().atMost(Duration.ofSeconds(60)).until(() -> flink.status(JOB).orElseThrow() == JobStatus.RUNNING);

        assertThatThrownBy(() -> flink.submit(JOB, CountingJob.graph(flink.jobConfiguration())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("runs already");
    }

    @Test
    void theRestEndpointWantsItsPassword() throws Exception {
        assertThat(overview("")).isEqualTo(401);
        assertThat(overview(RestPassword.header("guessed"))).isEqualTo(401);
        assertThat(overview(flink.restAuthorization())).isEqualTo(200);
    }

    private int overview(String authorization) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(flink.rest().resolve("/overview"));
        if (!authorization.isEmpty()) request.header("Authorization", authorization);
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private void awaitCheckpointBehind(long count) {
        var checkpoints = new Checkpoints(config.checkpoints());
        await().atMost(Duration.ofSeconds(60))
                .until(() -> CountingJob.COUNT.get() > count
                        && checkpoints.newest(JOB).isPresent());
        var first = checkpoints.newest(JOB);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !checkpoints.newest(JOB).equals(first));
    }
}
