package io.millrace.ingest.project;

import com.google.protobuf.ByteString;
import io.millrace.ingest.privacy.MaskingCounts;
import io.millrace.ingest.privacy.MaskingFactory;
import io.millrace.ingest.webhook.Sources;
import io.millrace.schema.wire.ApiKeyEntry;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.LimitsEntry;
import io.millrace.schema.wire.ProjectEntry;
import io.millrace.schema.wire.RateLimits;
import io.millrace.schema.wire.SamplingEntry;
import io.millrace.schema.wire.WebhookEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;

/** Control entries as query-api writes them, and a directory made from them. */
public final class DirectoryEntries {
    private final Directory directory =
            new Directory(new MaskingFactory(new byte[32], new MaskingCounts()), Sources.SEAL);

    public Directory directory() {
        return directory;
    }

    public DirectoryEntries project(UUID id, int retentionDays) {
        return apply("project/" + id, projectEntry(id, retentionDays));
    }

    public DirectoryEntries key(
            String name, UUID project, String publicKey, String secret, List<String> scopes, long expires) {
        return apply("key/" + name, keyEntry(project, publicKey, secret, scopes, expires));
    }

    public DirectoryEntries limits(UUID project, RateLimits.Builder rates) {
        return apply(
                "limits/" + project,
                ControlEntry.newBuilder()
                        .setLimits(LimitsEntry.newBuilder()
                                .setProject(bytes(project))
                                .setRates(rates))
                        .build()
                        .toByteArray());
    }

    /** @param source with an id of its own */
    public DirectoryEntries webhook(WebhookEntry.Builder source) {
        return apply("webhook/" + source.getId(), Sources.value(source));
    }

    DirectoryEntries apply(String key, byte[] value) {
        try {
            directory.apply(key, value);
            return this;
        } catch (Directory.MalformedEntry malformed) {
            throw new AssertionError(malformed);
        }
    }

    public static byte[] projectEntry(UUID id, int retentionDays) {
        return ControlEntry.newBuilder()
                .setProject(ProjectEntry.newBuilder()
                        .setId(bytes(id))
                        .setName("test")
                        .setRetentionDays(retentionDays))
                .build()
                .toByteArray();
    }

    public static byte[] keyEntry(
            UUID project, String publicKey, String secret, List<String> scopes, long expiresAtMillis) {
        return ControlEntry.newBuilder()
                .setApiKey(ApiKeyEntry.newBuilder()
                        .setId(bytes(UUID.randomUUID()))
                        .setProject(bytes(project))
                        .setPublicKey(publicKey)
                        .setSecretSha256(ByteString.copyFrom(sha256(secret)))
                        .addAllScopes(scopes)
                        .setExpiresAtMillis(expiresAtMillis))
                .build()
                .toByteArray();
    }

    public static byte[] samplingEntry(UUID project, double rate, boolean keepErrors) {
        return ControlEntry.newBuilder()
                .setSampling(SamplingEntry.newBuilder()
                        .setProject(bytes(project))
                        .setBodySampling(rate)
                        .setKeepErrors(keepErrors))
                .build()
                .toByteArray();
    }

    public static ByteString bytes(UUID id) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
