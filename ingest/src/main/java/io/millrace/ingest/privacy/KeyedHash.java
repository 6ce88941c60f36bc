package io.millrace.ingest.privacy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names for what is hidden: equal ones for equal texts of one project, and nothing that could be tried out without the
 * deployment's secret. HMAC-SHA256, cut to 64 bits.
 */
final class KeyedHash {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEPT_BYTES = 8;

    private final SecretKeySpec key;

    /**
     * @param secret the deployment's, the same at every edge
     */
    KeyedHash(byte[] secret, UUID project) {
        key = new SecretKeySpec(
                mac(new SecretKeySpec(secret, ALGORITHM), project.toString().getBytes(StandardCharsets.UTF_8)),
                ALGORITHM);
    }

    String of(byte[] utf8) {
        return HexFormat.of().formatHex(mac(utf8), 0, KEPT_BYTES);
    }

    /** All of its 32 bytes. */
    byte[] mac(byte[] bytes) {
        return mac(key, bytes);
    }

    private static byte[] mac(SecretKeySpec key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(message);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, impossible);
        }
    }
}
