package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    Path parent;

    @Test
    void isForItsOwnerOnly() throws IOException {
        try (var data = DataFolder.open(parent.resolve("data"))) {
            data.secret("kafka");
            data.writePorts(Map.of("pid", 1));

            assertThat(permissions(data.root())).isEqualTo("rwx------");
            assertThat(permissions(data.folder("kafka"))).isEqualTo("rwx------");
            assertThat(permissions(data.root().resolve("secrets"))).isEqualTo("rw-------");
            assertThat(permissions(data.root().resolve("ports.json"))).isEqualTo("rw-------");
        }
    }

    @Test
    void isOpenOnceInAProcess() {
        try (var data = DataFolder.open(parent.resolve("data"))) {
            assertThatThrownBy(() -> DataFolder.open(data.root()))
                    .isInstanceOf(DataFolderInUse.class)
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()))
                    .hasMessageContaining("--data");
        }
    }

    @Test
    void isOpenInOneProcessOnly() throws IOException {
        try (var other = Fork.of(Holder.class, parent.resolve("data").toString())) {
            assertThatThrownBy(() -> DataFolder.open(parent.resolve("data")))
                    .isInstanceOf(DataFolderInUse.class)
                    .hasMessageContaining(Long.toString(other.pid()));
        }
        DataFolder.open(parent.resolve("data")).close();
    }

    @Test
    void aRefusedAttemptLeavesTheLockInPlace() throws IOException {
        try (var data = DataFolder.open(parent.resolve("data"))) {
            assertThatThrownBy(() -> DataFolder.open(data.root())).isInstanceOf(DataFolderInUse.class);

            assertThatThrownBy(() -> Fork.of(Holder.class, data.root().toString()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void keepsItsSecrets() {
        String kafka;
        try (var data = DataFolder.open(parent.resolve("data"))) {
            kafka = data.secret("kafka");
            assertThat(kafka).hasSizeGreaterThanOrEqualTo(32).isEqualTo(data.secret("kafka"));
            assertThat(data.secret("postgres")).isNotEqualTo(kafka);
        }
        try (var data = DataFolder.open(parent.resolve("data"))) {
            assertThat(data.secret("kafka")).isEqualTo(kafka);
        }
    }

    @Test
    void emptiesWhatAnEarlierProcessLeft() throws IOException {
        try (var data = DataFolder.open(parent.resolve("data"))) {
            Files.writeString(
                    Files.createDirectories(data.folder("tmp").resolve("deep")).resolve("file"), "old");

            assertThat(data.emptied("tmp")).isEmptyDirectory();
        }
    }

    @Test
    void writesPortsAsJson() throws IOException {
        try (var data = DataFolder.open(parent.resolve("data"))) {
            data.writePorts(Map.of("kafka", Map.of("port", 9092)));

            assertThat(data.root().resolve("ports.json")).content().contains("\"kafka\"", "9092");
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** Opens the folder and holds it. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            DataFolder.open(Path.of(arguments[0]));
            Fork.readyUntilKilled();
        }
    }
}
