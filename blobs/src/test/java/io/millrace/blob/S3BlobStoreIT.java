package io.millrace.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schema.blob.BlobId;
import java.io.IOException;
import java.net.URI;
import java.time.LocalDate;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against a server of the S3 API that checks signatures. */
class S3BlobStoreIT extends BlobStoreContract {
    private static final BlobId EMPTY = BlobId.of(LocalDate.of(2026, 11, 22), new byte[0], 0, 0);

    private static S3Server server;
    private static BlobStore store;

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.start("blobs");
        store = server.config().open();
        warmUp();
    }

    /** The first request loads the server's classes, which may take longer than a store may be silent. */
    private static void warmUp() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                store.put(new UUID(0, 0), EMPTY, new byte[0], "text/plain");
                return;
            } catch (IOException slow) {
                if (attempt == 30) {
                    throw slow;
                }
            }
        }
    }

    @AfterAll
    static void stop() throws Exception {
        store.close();
        server.close();
    }

    @Override
    BlobStore store() {
        return store;
    }

    @Test
    void aBucketThatIsThereIsFine() throws IOException {
        // When
        // Then
        store.check();
        assertThat(store.open(UUID.randomUUID(), EMPTY)).isEmpty();
    }

    @Test
    void aWrongKeyIsSaidWithoutTheKey() throws IOException {
        // Given
        BlobStoreConfig.S3 right = server.config();
        BlobStoreConfig wrong = new BlobStoreConfig.S3(
                right.endpoint(), right.bucket(), right.region(), right.accessKey(), "not-the-secret");

        // When
        // Then
        try (BlobStore refused = wrong.open()) {
            assertThatThrownBy(() -> refused.put(UUID.randomUUID(), EMPTY, new byte[0], "text/plain"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("SignatureDoesNotMatch")
                    .hasMessageNotContaining("not-the-secret");
        }
    }

    @Test
    void aMissingBucketIsAFailureAndNoAbsentBlob() throws IOException {
        // Given
        BlobStoreConfig.S3 right = server.config();
        BlobStoreConfig other = new BlobStoreConfig.S3(
                right.endpoint(), "no-such-bucket", right.region(), right.accessKey(), right.secretKey());

        // When
        // Then
        try (BlobStore none = other.open()) {
            assertThatThrownBy(none::check).isInstanceOf(IOException.class).hasMessageContaining("no-such-bucket");
            assertThatThrownBy(() -> none.open(UUID.randomUUID(), EMPTY))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("NoSuchBucket");
        }
    }

    @Test
    void aServerThatIsAwayIsAFailure() throws Exception {
        // Given
        S3Server gone = S3Server.start("blobs");
        try (BlobStore away = gone.config().open()) {
            gone.close();

            // When
            // Then
            assertThatThrownBy(() -> away.put(UUID.randomUUID(), EMPTY, new byte[0], "text/plain"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not answer");
        }
    }

    @Test
    void anUploadThatIsCutOffLeavesNoPartsBehind() throws Exception {
        // Given
        byte[] bytes = new byte[16 << 20];
        BlobId id = BlobId.of(LocalDate.of(2026, 11, 22), bytes, 0, bytes.length);
        BlobStoreConfig.S3 right = server.config();
        URI endpoint = URI.create(right.endpoint());
        try (CutLine line = new CutLine(endpoint.getPort(), 12 << 20);
                BlobStore behind = new BlobStoreConfig.S3(
                                "http://127.0.0.1:" + line.port(),
                                right.bucket(),
                                right.region(),
                                right.accessKey(),
                                right.secretKey())
                        .open()) {

            // When
            // Then
            assertThatThrownBy(() -> behind.put(UUID.randomUUID(), id, bytes, "text/plain"))
                    .isInstanceOf(IOException.class);
            assertThat(server.unfinished()).isZero();
        }
    }

    @Test
    void theLargestBlobIsGivenBackWhole() throws IOException {
        // Given
        UUID project = UUID.randomUUID();
        byte[] bytes = new byte[16 << 20];
        new Random(1).nextBytes(bytes);
        BlobId id = BlobId.of(LocalDate.of(2026, 11, 22), bytes, 0, bytes.length);
        store.put(project, id, bytes, "image/png");

        // When
        StoredBlob found = store.open(project, id).orElseThrow();

        // Then
        try (found) {
            assertThat(found.content().readAllBytes()).isEqualTo(bytes);
        }
    }
}
