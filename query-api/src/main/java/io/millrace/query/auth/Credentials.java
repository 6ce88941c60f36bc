package io.millrace.query.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request brings to say who asks. The secret itself is not kept.
 *
 * @param secretSha256 of the secret's UTF-8
 * @param publicKey empty if the form of log-in has none
 */
record Credentials(byte[] secretSha256, String publicKey) {
    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";

    /**
     * Reads {@code Authorization: Bearer sk}, {@code Authorization: Basic base64(pk:sk)} or {@code x-api-key: sk}.
     *
     * @return nothing if there is none, or none of these forms
     */
    static Optional<Credentials> parse(@Nullable String authorization, @Nullable String apiKey) {
        if (authorization == null) {
            return apiKey == null ? Optional.empty() : Optional.of(ofSecret(apiKey.strip()));
        }
        if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.of(ofSecret(authorization.substring(BEARER.length()).strip()));
        }
        if (authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return basic(authorization.substring(BASIC.length()).strip());
        }
        return Optional.empty();
    }

    private static Optional<Credentials> basic(String encoded) {
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        String pair = new String(decoded, StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        return colon < 1
                ? Optional.empty()
                : Optional.of(new Credentials(sha256(pair.substring(colon + 1)), pair.substring(0, colon)));
    }

    private static Credentials ofSecret(String secret) {
        return new Credentials(sha256(secret), "");
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
