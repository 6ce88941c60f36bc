package io.millrace.schema.webhook;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What a sender's signatures are checked with, read from the text that the sender shows. Never prints itself. */
public final class WebhookSecret {
    private static final String SYMMETRIC = "whsec_";
    private static final String PUBLIC = "whpk_";
    private static final int ED25519_BYTES = 32;
    private static final int LEAST_KEY_BYTES = 24;
    private static final int MOST_KEY_BYTES = 64;
    private static final int LEAST_TEXT = 16;
    private static final int MOST_TEXT = 512;

    private final byte[] key;
    private final boolean isPublicKey;

    private WebhookSecret(byte[] key, boolean isPublicKey) {
        this.key = key;
        this.isPublicKey = isPublicKey;
    }

    /**
     * Reads a secret. Standard Webhooks have {@code whsec_} and a key of 24 to 64 bytes in base64, or {@code whpk_} and an
     * Ed25519 public key; all others take the text as it is, its prefix included.
     *
     * @throws IllegalArgumentException when it is none; the message says what it has to be, and nothing of what it is
     */
    public static WebhookSecret of(WebhookStyle style, String text) {
        if (style != WebhookStyle.STANDARD) {
            if (text.length() < LEAST_TEXT || text.length() > MOST_TEXT) {
                throw new IllegalArgumentException("must have " + LEAST_TEXT + " to " + MOST_TEXT + " characters");
            }
            return new WebhookSecret(text.getBytes(StandardCharsets.UTF_8), false);
        }
        if (text.startsWith(PUBLIC)) {
            byte[] key = decoded(text.substring(PUBLIC.length()));
            if (key.length != ED25519_BYTES) {
                throw new IllegalArgumentException("must be whpk_ and the base64 of " + ED25519_BYTES + " bytes");
            }
            return new WebhookSecret(key, true);
        }
        byte[] key = decoded(text.startsWith(SYMMETRIC) ? text.substring(SYMMETRIC.length()) : "");
        if (key.length < LEAST_KEY_BYTES || key.length > MOST_KEY_BYTES) {
            throw new IllegalArgumentException("must be whsec_ and the base64 of " + LEAST_KEY_BYTES + " to "
                    + MOST_KEY_BYTES + " bytes, or whpk_");
        }
        return new WebhookSecret(key, false);
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            // The decoder's message would quote a part of the secret.
            return new byte[0];
        }
    }

    /** The raw bytes: of an HMAC key, or of a public key. */
    public byte[] key() {
        return key.clone();
    }

    /** Whether it is an Ed25519 public key, with which nobody can sign. */
    public boolean isPublicKey() {
        return isPublicKey;
    }

    @Override
    public String toString() {
        return "WebhookSecret";
    }
}
