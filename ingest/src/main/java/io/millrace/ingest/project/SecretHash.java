package io.millrace.ingest.project;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The SHA-256 of a secret key's UTF-8 bytes: how a secret is looked up without being known. */
public record SecretHash(long a, long b, long c, long d) {
    static final int BYTES = 32;

    public static SecretHash of(String secret) {
        try {
            return of(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    /** @throws IllegalArgumentException when these are not 32 bytes */
    static SecretHash of(byte[] digest) {
        if (digest.length != BYTES) {
            throw new IllegalArgumentException("a SHA-256 of " + digest.length + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(digest);
        return new SecretHash(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /** Nothing of the hash either: it stands for a secret. */
    @Override
    public String toString() {
        return "SecretHash";
    }
}
