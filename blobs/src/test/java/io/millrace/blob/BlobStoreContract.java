package io.millrace.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.blob.BlobId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every store does. */
abstract class BlobStoreContract {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 22);

    private final UUID project = UUID.randomUUID();

    abstract BlobStore store();

    @Test
    void givesBackTheBytesAndTheirNumber() throws IOException {
        // Given
        byte[] bytes = new byte[300_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 ^ i >> 8);
        }
        BlobId id = BlobId.of(DAY, bytes, 0, bytes.length);
        store().put(project, id, bytes, "image/png");

        // When
        StoredBlob found = store().open(project, id).orElseThrow();

        // Then
        try (found) {
            assertThat(found.bytes()).isEqualTo(300_000);
            assertThat(found.mediaType()).isEqualTo("image/png");
            assertThat(found.content().readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void anEmptyBlobIsOne() throws IOException {
        // Given
        BlobId id = BlobId.of(DAY, new byte[0], 0, 0);
        store().put(project, id, new byte[0], "text/plain");

        // When
        StoredBlob found = store().open(project, id).orElseThrow();

        // Then
        try (found) {
            assertThat(found.bytes()).isZero();
            assertThat(found.content().read()).isEqualTo(-1);
        }
    }

    @Test
    void whatIsPutTwiceIsThereOnce() throws IOException {
        // Given
        BlobId id = put(project, DAY, "one");
        put(project, DAY, "one");

        // When
        String found = text(project, id);

        // Then
        assertThat(found).isEqualTo("one");
        assertThat(store().deleteBefore(project, DAY.plusDays(1), 10)).isEqualTo(1);
    }

    @Test
    void anotherProjectHasNoneOfIt() throws IOException {
        // Given
        BlobId id = put(project, DAY, "one");

        // When
        Optional<StoredBlob> found = store().open(UUID.randomUUID(), id);

        // Then
        assertThat(found).isEmpty();
    }

    @Test
    void daysBeforeTheFirstKeptGoAndOthersStay() throws IOException {
        // Given
        UUID other = UUID.randomUUID();
        BlobId old = put(project, DAY.minusDays(2), "old");
        BlobId older = put(project, DAY.minusYears(1), "older");
        BlobId young = put(project, DAY, "young");
        BlobId others = put(other, DAY.minusDays(2), "old");

        // When
        int deleted = store().deleteBefore(project, DAY, 10);

        // Then
        assertThat(deleted).isEqualTo(2);
        assertThat(store().open(project, old)).isEmpty();
        assertThat(store().open(project, older)).isEmpty();
        assertThat(text(project, young)).isEqualTo("young");
        assertThat(text(other, others)).isEqualTo("old");
    }

    @Test
    void noMoreGoAtOnceThanIsWanted() throws IOException {
        // Given
        for (int i = 0; i < 5; i++) {
            put(project, DAY.minusDays(1 + i % 2), "blob " + i);
        }

        // When
        int first = store().deleteBefore(project, DAY, 3);

        // Then
        assertThat(first).isEqualTo(3);
        assertThat(store().deleteBefore(project, DAY, 3)).isEqualTo(2);
        assertThat(store().deleteBefore(project, DAY, 3)).isZero();
    }

    @Test
    void aProjectWithoutBlobsHasNothingToDelete() throws IOException {
        // When
        int deleted = store().deleteBefore(UUID.randomUUID(), DAY, 10);

        // Then
        assertThat(deleted).isZero();
    }

    private BlobId put(UUID owner, LocalDate day, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        BlobId id = BlobId.of(day, bytes, 0, bytes.length);
        store().put(owner, id, bytes, "text/plain");
        return id;
    }

    private String text(UUID owner, BlobId id) throws IOException {
        try (StoredBlob found = store().open(owner, id).orElseThrow()) {
            return new String(found.content().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
