package io.millrace.ingest.langsmith;

import io.millrace.ingest.privacy.Masking;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * LangSmith gives its messages no ids. One is made of what a message says, so that it has the same when it is sent
 * again. Reused from message to message.
 */
final class MessageId {
    private final MessageDigest digest = sha256();
    private final Masking masking;
    private long high;
    private long low;

    MessageId(Masking masking) {
        this.masking = masking;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    void begin() {
        digest.reset();
    }

    void add(String name, byte[] bytes, int from, int length) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(8).putInt(utf8.length).putInt(length).array());
        digest.update(utf8);
        digest.update(bytes, from, length);
    }

    void add(String name, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        add(name, utf8, 0, utf8.length);
    }

    /** No more is to come: the id is known. */
    void end() {
        ByteBuffer hash = ByteBuffer.wrap(masking.keyed(digest.digest()));
        high = hash.getLong();
        low = hash.getLong();
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }
}
