package io.millrace.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BlobStoreConfigTest {
    private static final Map<String, String> S3 = Map.of(
            "blob.s3.endpoint", "https://s3.example:9000",
            "blob.s3.bucket", "spans",
            "blob.s3.access.key", "access",
            "blob.s3.secret.key", "a-secret");

    @Test
    void withoutSettingsThereIsNoStore() {
        // When
        // Then
        assertThat(read(Map.of())).isEmpty();
    }

    @Test
    void aFolderIsAStore() {
        // When
        // Then
        assertThat(read(Map.of("blob.folder", "/var/blobs")))
                .contains(new BlobStoreConfig.Folder(Path.of("/var/blobs")));
    }

    @Test
    void aBucketIsOneAndItsSecretIsNotShown() {
        // When
        Optional<BlobStoreConfig> config = read(S3);

        // Then
        assertThat(config)
                .contains(
                        new BlobStoreConfig.S3("https://s3.example:9000", "spans", "us-east-1", "access", "a-secret"));
        assertThat(config.orElseThrow().toString()).doesNotContain("a-secret");
    }

    @Test
    void whatIsMissingOrWrongIsNamed() {
        // When
        // Then
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(Map.of("blob.s3.endpoint", "https://s3.example")))
                .withMessageContaining("blob.s3.bucket");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(Map.of("blob.s3.endpoint", "s3.example")))
                .withMessageContaining("https://host:port");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(Map.of("blob.s3.endpoint", "https://s3.example", "blob.s3.bucket", "b")))
                .withMessageContaining("blob.s3.bucket");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(Map.of("blob.s3.endpoint", "https://s3.example", "blob.folder", "x")))
                .withMessageContaining("two stores");
    }

    private static Optional<BlobStoreConfig> read(Map<String, String> settings) {
        return BlobStoreConfig.read(name -> Optional.ofNullable(settings.get(name)));
    }
}
