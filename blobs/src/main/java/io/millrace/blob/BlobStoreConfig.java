package io.millrace.blob;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** Which store there is. The edge, the API and the jobs are told of the same one. */
public sealed interface BlobStoreConfig {
    /** What a region is called where there is but one. */
    String USUAL_REGION = "us-east-1";

    /** A folder of this machine, or one that all machines share. */
    record Folder(Path path) implements BlobStoreConfig {}

    /**
     * A bucket behind the S3 API.
     *
     * @param endpoint as {@code https://host:port}
     */
    record S3(String endpoint, String bucket, String region, String accessKey, String secretKey)
            implements BlobStoreConfig {
        /** Without the key. */
        @Override
        public String toString() {
            return "S3[" + endpoint + ", " + bucket + "]";
        }
    }

    /**
     * Reads the settings of a store; empty when there is none.
     *
     * @param setting by its name, such as {@code blob.s3.bucket}
     * @throws IllegalArgumentException when something is missing, or there are two stores; the message names it
     */
    static Optional<BlobStoreConfig> read(Function<String, Optional<String>> setting) {
        Optional<BlobStoreConfig> folder = setting.apply("blob.folder").map(path -> new Folder(Path.of(path)));
        Optional<String> endpoint = setting.apply("blob.s3.endpoint");
        if (folder.isPresent() && endpoint.isPresent()) {
            throw new IllegalArgumentException("blob.folder and blob.s3.endpoint are two stores: there is one");
        }
        Optional<BlobStoreConfig> s3 = endpoint.map(url -> new S3(
                isUrl(url),
                isBucket(required(setting, "blob.s3.bucket")),
                setting.apply("blob.s3.region").orElse(USUAL_REGION),
                required(setting, "blob.s3.access.key"),
                required(setting, "blob.s3.secret.key")));
        return folder.or(() -> s3);
    }

    private static String isUrl(String url) {
        if (!url.matches("https?://[^/?#@]+/?")) {
            throw new IllegalArgumentException("blob.s3.endpoint must be as https://host:port");
        }
        return url;
    }

    private static String isBucket(String name) {
        if (!name.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
            throw new IllegalArgumentException("blob.s3.bucket is no name that a bucket may have");
        }
        return name;
    }

    private static String required(Function<String, Optional<String>> setting, String name) {
        return setting.apply(name)
                .orElseThrow(() -> new IllegalArgumentException(name + " is needed beside blob.s3.endpoint"));
    }

    /**
     * The store; one behind the S3 API may be away at first.
     *
     * @throws IOException when there is no such folder and none can be made
     */
    default BlobStore open() throws IOException {
        if (this instanceof Folder folder) {
            return new FolderBlobStore(folder.path());
        }
        return new S3BlobStore((S3) this);
    }
}
