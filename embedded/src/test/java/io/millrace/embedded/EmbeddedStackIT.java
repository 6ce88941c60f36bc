package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class EmbeddedStackIT {
    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedStackIT.class);
    private static final JobID JOB = JobID.fromHexString("00000000000000000000000000000a12");

    @TempDir
    Path folder;

    @Test
    void aTemporaryStackLeavesNothing() throws Exception {
        Path root;
        long pid;
        try (var stack = EmbeddedStack.temporary()) {
            root = stack.data().root();
            BrokerIT.create(stack.broker());
            assertThat(PostgresIT.query(stack.postgres(), "select 1")).isEqualTo("1");
            pid = stack.postgres().pid();
            assertThat(stack.broker()).isSameAs(stack.broker());
        }
        assertThat(root).doesNotExist();
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    @Test
    void everythingIsThereAgainAfterItsProcessWasKilled() throws Exception {
        try (var victim = Fork.of(Victim.class, folder.toString())) {
            victim.kill();
        }
        CountingJob.RESTORED.set(-1);
        long start = System.nanoTime();
        try (var stack = EmbeddedStack.in(folder)) {
            stack.broker();
            long brokerMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            LOGGER.info("the broker of a killed process was usable again after {} ms", brokerMillis);

            assertThat(BrokerIT.consume(stack.broker(), 1)).containsExactly("kept");
            assertThat(PostgresIT.query(stack.postgres(), "select value from kept"))
                    .isEqualTo("kept");
            assertThat(stack.flink().submit(JOB, CountingJob.graph(stack.flink().jobConfiguration())))
                    .isPresent();
            await().atMost(Duration.ofSeconds(60)).until(() -> CountingJob.RESTORED.get() > 0);
        }
    }

    @Test
    void childrenEndWithTheProcessThatStartedThem() throws Exception {
        try (var victim = Fork.of(Victim.class, folder.toString())) {
            var pid = new PostmasterFile(folder.resolve("postgres/data")).pid().orElseThrow();
            var postgres = ProcessHandle.of(pid).orElseThrow();
            assumeTrue(Command.succeeds(List.of("setpriv", "--pdeathsig", "INT", "true")));

            victim.kill();

            assertThat(postgres.onExit()).succeedsWithin(Duration.ofSeconds(30));
        }
    }

    /** Keeps something in every service and waits to be killed. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) throws Exception {
            var stack = EmbeddedStack.in(Path.of(arguments[0]));
            BrokerIT.create(stack.broker());
            BrokerIT.produce(stack.broker(), "kept");
            PostgresIT.execute(stack.postgres(), "create table kept (value text)", "insert into kept values ('kept')");
            stack.flink().submit(JOB, CountingJob.graph(stack.flink().jobConfiguration()));
            var checkpoints = new Checkpoints(stack.data().folder("flink/checkpoints"));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> CountingJob.COUNT.get() > 0
                            && checkpoints.newest(JOB).isPresent());
            var first = checkpoints.newest(JOB);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !checkpoints.newest(JOB).equals(first));
            Fork.readyUntilKilled();
        }
    }
}
