package io.millrace.query.project;

import com.google.protobuf.ByteString;
import io.millrace.query.auth.Scope;
import io.millrace.schema.wire.ApiKeyEntry;
import io.millrace.schema.wire.ControlEntry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A key about to be made.
 *
 * @param secretKey shown once, stored nowhere
 * @param rates how fast it may send
 */
record NewKey(
        UUID id,
        UUID project,
        String name,
        String publicKey,
        String secretKey,
        Set<Scope> scopes,
        Optional<Instant> expiresAt,
        Rates rates) {
    private static final int RANDOM_BYTES = 32;

    static String randomPublicKey(SecureRandom random) {
        return "pk-mr-" + hex(random);
    }

    static String randomSecretKey(SecureRandom random) {
        return "sk-mr-" + hex(random);
    }

    private static String hex(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    byte[] secretSha256() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secretKey.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    /** In the order of {@link Scope}. */
    List<String> scopeLabels() {
        return scopes.stream()
                .sorted(Comparator.naturalOrder())
                .map(Scope::label)
                .toList();
    }

    /** What the control topic says of it. */
    byte[] controlValue() {
        ApiKeyEntry entry = ApiKeyEntry.newBuilder()
                .setId(Project.bytes(id))
                .setProject(Project.bytes(project))
                .setPublicKey(publicKey)
                .setSecretSha256(ByteString.copyFrom(secretSha256()))
                .addAllScopes(scopeLabels())
                .setExpiresAtMillis(expiresAt.map(Instant::toEpochMilli).orElse(0L))
                .setLimits(rates.control())
                .build();
        return ControlEntry.newBuilder().setApiKey(entry).build().toByteArray();
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "NewKey[" + id + ", " + publicKey + "]";
    }
}
