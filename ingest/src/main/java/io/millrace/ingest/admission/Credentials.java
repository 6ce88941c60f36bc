package io.millrace.ingest.admission;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request showed to be let in.
 *
 * @param publicKey only Basic authentication brings it; it has to belong to the secret
 */
record Credentials(@Nullable String publicKey, String secret) {
    private static final int LONGEST = 1024;

    /**
     * Reads {@code Authorization: Bearer}, {@code Authorization: Basic} or {@code x-api-key}, in this order.
     *
     * @return empty when none of them is there or the one that is cannot be read
     */
    static Optional<Credentials> of(@Nullable String authorization, @Nullable String apiKey) {
        if (authorization != null && authorization.length() <= LONGEST) {
            if (hasScheme(authorization, "bearer ")) {
                return secret(authorization.substring("bearer ".length()));
            }
            if (hasScheme(authorization, "basic ")) {
                return basic(authorization.substring("basic ".length()).strip());
            }
        }
        return apiKey == null || apiKey.length() > LONGEST ? Optional.empty() : secret(apiKey);
    }

    private static boolean hasScheme(String authorization, String scheme) {
        return authorization.regionMatches(true, 0, scheme, 0, scheme.length());
    }

    private static Optional<Credentials> secret(String text) {
        String secret = text.strip();
        return secret.isEmpty() ? Optional.empty() : Optional.of(new Credentials(null, secret));
    }

    private static Optional<Credentials> basic(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new Credentials(pair.substring(0, colon), pair.substring(colon + 1)));
        } catch (IllegalArgumentException noBase64) {
            return Optional.empty();
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "Credentials[publicKey=" + publicKey + "]";
    }
}
