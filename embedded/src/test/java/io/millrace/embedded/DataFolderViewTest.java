package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderViewTest {
    @TempDir
    private Path parent;

    private DataFolderView view() {
        return new DataFolderView(parent.resolve("data"));
    }

    @Test
    void namesTheProcessThatHasItOpenAndLeavesItTheLock() throws IOException {
        try (var other =
                Fork.of(DataFolderTest.Holder.class, parent.resolve("data").toString())) {
            assertThat(view().owner()).hasValue(other.pid());
            assertThatThrownBy(() -> DataFolder.open(parent.resolve("data"))).isInstanceOf(DataFolderInUse.class);
        }
        assertThat(view().owner()).isEmpty();
    }

    @Test
    void lookingDoesNotLetGoOfThisProcessesLock() throws IOException {
        try (var data = DataFolder.open(parent.resolve("data"))) {
            assertThat(view().owner()).hasValue(ProcessHandle.current().pid());

            assertThatThrownBy(() ->
                            Fork.of(DataFolderTest.Holder.class, data.root().toString()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void makesNothing() {
        assertThat(view().owner()).isEmpty();
        assertThat(view().postgres()).isEmpty();
        assertThat(view().redis()).isEmpty();
        assertThat(view().postgresRuns()).isEmpty();
        assertThat(view().hasCheckpoint()).isFalse();
        assertThat(view().port("kafka")).isEmpty();
        assertThat(parent.resolve("data")).doesNotExist();
    }

    @Test
    void knowsWhatTheStackHasWritten() throws IOException {
        try (var data = DataFolder.open(parent.resolve("data"))) {
            data.writePorts(Map.of("kafka", Map.of("port", 9), "postgres", Map.of("port", 8, "database", "millrace")));
            String secret = data.secret("kafka");
            Files.createDirectories(data.folder("flink/checkpoints").resolve("6d696c6c72616365000000000000a001/chk-3"));

            assertThat(view().port("kafka")).hasValue(9);
            assertThat(view().jdbcUrl()).isEqualTo("jdbc:postgresql://127.0.0.1:8/millrace");
            assertThat(view().kafkaClient()).containsEntry("bootstrap.servers", "127.0.0.1:9");
            assertThat(view().secret("kafka")).isEqualTo(secret);
            assertThat(view().hasCheckpoint()).isFalse();
            Files.createFile(data.root().resolve("flink/checkpoints/6d696c6c72616365000000000000a001/chk-3/_metadata"));
            assertThat(view().hasCheckpoint()).isTrue();
        }
    }
}
