package io.millrace.schema.webhook;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secrets of webhooks as tables and the control topic hold them: AES-256-GCM under a key made from the deployment's secret.
 * What was sealed for one source cannot be opened as another's. Safe for threads.
 */
public final class SecretSeal {
    private static final byte[] PURPOSE = "millrace webhook secrets 1".getBytes(StandardCharsets.US_ASCII);
    private static final byte VERSION = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final String HMAC = "HmacSHA256";

    private final SecretKeySpec key;

    /**
     * @param deployment the same wherever secrets are sealed or opened, and in no table or topic
     */
    public SecretSeal(byte[] deployment) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(deployment, HMAC));
            key = new SecretKeySpec(mac.doFinal(PURPOSE), "AES");
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has " + HMAC, impossible);
        }
    }

    /** Seals a secret for the source of this id. */
    public byte[] seal(String source, String secret, SecureRandom random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed;
        try {
            sealed = cipher(Cipher.ENCRYPT_MODE, nonce, source).doFinal(secret.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has AES-GCM", impossible);
        }
        return ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
                .put(VERSION)
                .put(nonce)
                .put(sealed)
                .array();
    }

    /** What was sealed for this source; empty when it was sealed under another deployment's secret, or is none of ours. */
    public Optional<String> open(String source, byte[] sealed) {
        if (sealed.length < 1 + NONCE_BYTES + TAG_BITS / Byte.SIZE || sealed[0] != VERSION) {
            return Optional.empty();
        }
        byte[] nonce = new byte[NONCE_BYTES];
        ByteBuffer in = ByteBuffer.wrap(sealed, 1, sealed.length - 1).get(nonce);
        byte[] content = new byte[in.remaining()];
        in.get(content);
        try {
            return Optional.of(
                    new String(cipher(Cipher.DECRYPT_MODE, nonce, source).doFinal(content), StandardCharsets.UTF_8));
        } catch (GeneralSecurityException notSealedSo) {
            return Optional.empty();
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String source) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(source.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
