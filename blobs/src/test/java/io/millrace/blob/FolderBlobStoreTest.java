package io.millrace.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schema.blob.BlobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderBlobStoreTest extends BlobStoreContract {
    private static final BlobId EMPTY = BlobId.of(LocalDate.of(2026, 11, 22), new byte[0], 0, 0);

    @TempDir
    private Path folder;

    private FolderBlobStore store;

    @BeforeEach
    void open() throws IOException {
        store = new FolderBlobStore(folder.resolve("blobs"));
    }

    @Override
    BlobStore store() {
        return store;
    }

    @Test
    void leavesNothingButTheBlob() throws IOException {
        // Given
        UUID project = UUID.randomUUID();

        // When
        store.put(project, EMPTY, new byte[0], "text/plain");

        // Then
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> found = files.filter(Files::isRegularFile).toList();
            assertThat(found)
                    .containsExactly(folder.resolve("blobs")
                            .resolve(project.toString())
                            .resolve("20261122")
                            .resolve(EMPTY.sha256()));
        }
    }

    @Test
    void whatAStopLeftUnfinishedIsNoBlobAndGoesWithItsDay() throws IOException {
        // Given
        UUID project = UUID.randomUUID();
        store.put(project, EMPTY, new byte[0], "text/plain");
        Path day = folder.resolve("blobs").resolve(project.toString()).resolve("20261122");
        Files.writeString(day.resolve("123.part"), "half");

        // When
        int deleted = store.deleteBefore(project, LocalDate.of(2026, 11, 23), 10);

        // Then
        assertThat(deleted).isEqualTo(2);
        assertThat(day).doesNotExist();
    }

    @Test
    void aFolderThatIsGoneIsSaid() throws IOException {
        // Given
        Files.delete(folder.resolve("blobs"));

        // When
        // Then
        assertThatThrownBy(store::check).isInstanceOf(IOException.class).hasMessageContaining("cannot be written to");
    }
}
