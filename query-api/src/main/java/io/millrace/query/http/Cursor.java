package io.millrace.query.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.UUID;

/**
 * Where a page of a list ended: the key of its last item. It is opaque to clients, and bound to the list's filters, so
 * that a page never continues another list.
 *
 * @param at the first part of the key
 * @param id the second part, which makes it unique
 */
public record Cursor(long at, UUID id) {
    private static final byte VERSION = 1;
    private static final int LENGTH = 1 + 8 + 8 + 16;

    /**
     * @param filters equal for pages of one list ({@link Parameters#withoutPaging})
     */
    public String encode(String filters) {
        byte[] bytes = ByteBuffer.allocate(LENGTH)
                .put(VERSION)
                .putLong(fingerprint(filters))
                .putLong(at)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * @throws Problem ({@link ProblemType#INVALID_CURSOR}) when no page of this list ended there
     */
    public static Cursor decode(String text, String filters) {
        ByteBuffer bytes = ByteBuffer.wrap(bytesOf(text));
        if (bytes.remaining() != LENGTH || bytes.get() != VERSION) {
            throw Problem.of(ProblemType.INVALID_CURSOR, "this is no cursor");
        }
        if (bytes.getLong() != fingerprint(filters)) {
            throw Problem.of(ProblemType.INVALID_CURSOR, "the cursor belongs to a list with other filters");
        }
        return new Cursor(bytes.getLong(), new UUID(bytes.getLong(), bytes.getLong()));
    }

    private static byte[] bytesOf(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }

    private static long fingerprint(String filters) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(filters.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
