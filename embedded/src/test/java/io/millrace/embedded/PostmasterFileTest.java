package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.embedded.PostmasterFile.Status;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostmasterFileTest {
    @TempDir
    Path data;

    @Test
    void clearsTheFileOfAServerThatIsDeadButNotReaped() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/stat")), "needs a system that tells of dead processes");
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0.1 & echo $!; exec sleep 60").start();
        try {
            String pid = firstLine(parent);
            Path stat = Path.of("/proc", pid, "stat");
            while (!Files.readString(stat).contains(") Z ")) {
                Thread.onSpinWait();
            }
            Files.writeString(data.resolve("postmaster.pid"), pid + "\n" + data + "\n");

            new PostmasterFile(data).clear();

            assertThat(data.resolve("postmaster.pid")).doesNotExist();
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void leavesAnotherProcessOfThatNumberAlone() throws IOException {
        Files.writeString(
                data.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n" + data + "\n");

        new PostmasterFile(data).clear();

        assertThat(data.resolve("postmaster.pid")).doesNotExist();
        assertThat(ProcessHandle.current().isAlive()).isTrue();
    }

    /** Line 8 as {@code AddToDataDirLockFile} of Postgres 18 writes it: padded, so that a change does not move anything. */
    @Test
    void tellsAServerThatRecoversFromOneThatIsReadyOrStops() throws IOException {
        PostmasterFile file = new PostmasterFile(data);
        assertThat(file.status()).isEqualTo(Status.OTHER);
        Map<String, Status> statuses =
                Map.of("starting", Status.STARTING, "ready   ", Status.READY, "stopping", Status.OTHER);
        for (String status : statuses.keySet()) {
            Files.writeString(
                    data.resolve("postmaster.pid"),
                    String.join("\n", "4711", data.toString(), "1795300754", "5432", "/tmp", "localhost", "1 2", status)
                            + "\n");
            assertThat(file.status()).isEqualTo(statuses.get(status));
        }
    }

    private static String firstLine(Process process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))
                .readLine();
    }
}
