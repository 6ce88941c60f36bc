package io.millrace.blob;

import io.millrace.schema.blob.BlobId;
import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.ObjectWriteArgs;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectsArgs;
import io.minio.Result;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.DeleteError;
import io.minio.messages.DeleteObject;
import io.minio.messages.Item;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;

/**
 * One object for each blob, {@code PROJECT/DAY/SHA-256}, in a bucket of a store that speaks the S3 API. The bucket has to be
 * there. An object is durable when the store says so.
 */
final class S3BlobStore implements BlobStore {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofSeconds(3);
    private static final int IDLE_CONNECTIONS = 16;
    private static final int IDLE_SECONDS = 60;

    private final String bucket;
    private final OkHttpClient http;
    private final MinioClient client;

    S3BlobStore(BlobStoreConfig.S3 config) {
        this.bucket = config.bucket();
        this.http = new OkHttpClient.Builder()
                .connectTimeout(CONNECT)
                .readTimeout(SILENCE)
                .writeTimeout(SILENCE)
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, IDLE_SECONDS, TimeUnit.SECONDS))
                .build();
        this.client = MinioClient.builder()
                .endpoint(config.endpoint())
                .region(config.region())
                .credentials(config.accessKey(), config.secretKey())
                .httpClient(http)
                .build();
    }

    @Override
    public void put(UUID project, BlobId id, byte[] bytes, String mediaType) throws IOException {
        call(() -> client.putObject(
                PutObjectArgs.builder().bucket(bucket).object(key(project, id)).contentType(mediaType).stream(
                                new ByteArrayInputStream(bytes), bytes.length, inOnePart(bytes))
                        .build()));
    }

    /** Parts of an upload that is cut off would stay in the bucket for ever. */
    private static long inOnePart(byte[] bytes) {
        return Math.max(ObjectWriteArgs.MIN_MULTIPART_SIZE, bytes.length);
    }

    @Override
    public Optional<StoredBlob> open(UUID project, BlobId id) throws IOException {
        try {
            GetObjectResponse found = call(() -> client.getObject(GetObjectArgs.builder()
                    .bucket(bucket)
                    .object(key(project, id))
                    .build()));
            return Optional.of(new StoredBlob(found, length(found), mediaType(found)));
        } catch (NoSuchObject absent) {
            return Optional.empty();
        }
    }

    private static long length(GetObjectResponse found) throws IOException {
        String length = found.headers().get("Content-Length");
        if (length == null) {
            found.close();
            throw new IOException("the blob store does not say how long a blob is");
        }
        return Long.parseLong(length);
    }

    private static String mediaType(GetObjectResponse found) {
        String type = found.headers().get("Content-Type");
        return type == null ? "application/octet-stream" : type;
    }

    @Override
    public int deleteBefore(UUID project, LocalDate firstKept, int most) throws IOException {
        List<String> names = new ArrayList<>();
        for (String day : daysBefore(project, firstKept)) {
            for (Result<Item> object : list(day, true)) {
                if (names.size() == most) {
                    break;
                }
                names.add(call(object::get).objectName());
            }
        }
        delete(names);
        return names.size();
    }

    /** The prefixes of such days, which sort as days do. */
    private List<String> daysBefore(UUID project, LocalDate firstKept) throws IOException {
        String folder = project + "/";
        String end = folder + BlobId.format(firstKept) + "/";
        List<String> days = new ArrayList<>();
        for (Result<Item> found : list(folder, false)) {
            Item item = call(found::get);
            if (item.isDir() && item.objectName().compareTo(end) < 0) {
                days.add(item.objectName());
            }
        }
        return days;
    }

    private Iterable<Result<Item>> list(String prefix, boolean deep) {
        return client.listObjects(ListObjectsArgs.builder()
                .bucket(bucket)
                .prefix(prefix)
                .recursive(deep)
                .build());
    }

    private void delete(List<String> names) throws IOException {
        if (names.isEmpty()) {
            return;
        }
        List<DeleteObject> objects = names.stream().map(DeleteObject::new).toList();
        // Nothing is deleted until the failures are asked for.
        for (Result<DeleteError> failed : client.removeObjects(
                RemoveObjectsArgs.builder().bucket(bucket).objects(objects).build())) {
            throw new IOException(
                    "the blob store did not delete a blob: " + call(failed::get).code());
        }
    }

    @Override
    public void check() throws IOException {
        if (!call(() ->
                client.bucketExists(BucketExistsArgs.builder().bucket(bucket).build()))) {
            throw new IOException("the blob store has no bucket " + bucket);
        }
    }

    private static String key(UUID project, BlobId id) {
        return project + "/" + BlobId.format(id.day()) + "/" + id.sha256();
    }

    private interface Call<T> {
        T get() throws MinioException, GeneralSecurityException, IOException;
    }

    /** What went wrong, without what was sent: some messages of the client hold whole requests. */
    private static <T> T call(Call<T> call) throws IOException {
        try {
            return call.get();
        } catch (ErrorResponseException refused) {
            String code = String.valueOf(refused.errorResponse().code());
            throw code.equals("NoSuchKey") ? new NoSuchObject() : new IOException("the blob store says " + code);
        } catch (MinioException | GeneralSecurityException broken) {
            throw new IOException(
                    "the blob store cannot be used: " + broken.getClass().getSimpleName(), broken);
        } catch (IOException away) {
            throw new IOException("the blob store does not answer: " + away.getMessage(), away);
        }
    }

    private static final class NoSuchObject extends IOException {
        private static final long serialVersionUID = 1;
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
