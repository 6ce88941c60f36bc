package io.millrace.ingest.langfuse;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The part of a URL that lets whoever has it upload one file, for an hour. It says all of the file that has to be known, signed:
 * any edge with the same key can take it, and none has to remember it.
 */
public final class MediaTickets {
    private static final String HMAC = "HmacSHA256";
    private static final int SIGNATURE_BYTES = 32;
    private static final int LONGEST = 4096;
    /** What else the key signs is something else. */
    private static final byte[] PURPOSE = "langfuse media upload 1".getBytes(StandardCharsets.US_ASCII);

    private static final long VALID_MILLIS = TimeUnit.HOURS.toMillis(1);

    private final SecretKeySpec key;

    /** @param key the same at every edge */
    public MediaTickets(byte[] key) {
        this.key = new SecretKeySpec(sign(new SecretKeySpec(key, HMAC), PURPOSE), HMAC);
    }

    /** A ticket to upload this file. */
    public String of(MediaUpload upload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(upload.project().getMostSignificantBits());
            out.writeLong(upload.project().getLeastSignificantBits());
            out.writeLong(upload.announcedAtMillis());
            out.writeInt(upload.contentLength());
            out.writeUTF(upload.sha256());
            out.writeUTF(upload.contentType());
            out.writeUTF(upload.traceId());
            out.writeUTF(upload.observationId());
            out.write(sign(key, bytes.toByteArray()));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /** The file that a ticket is for; empty when it is none of ours, or no longer valid. */
    public Optional<MediaUpload> read(String ticket, long nowMillis) {
        if (ticket.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(ticket);
            int end = bytes.length - SIGNATURE_BYTES;
            if (end <= 0) {
                return Optional.empty();
            }
            byte[] said = Arrays.copyOf(bytes, end);
            boolean isOurs = MessageDigest.isEqual(sign(key, said), Arrays.copyOfRange(bytes, end, bytes.length));
            return isOurs ? Optional.of(upload(said)).filter(upload -> isValid(upload, nowMillis)) : Optional.empty();
        } catch (IllegalArgumentException noBase64) {
            return Optional.empty();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static boolean isValid(MediaUpload upload, long nowMillis) {
        return Math.abs(nowMillis - upload.announcedAtMillis()) <= VALID_MILLIS;
    }

    private static MediaUpload upload(byte[] said) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(said));
        UUID project = new UUID(in.readLong(), in.readLong());
        long announcedAt = in.readLong();
        int length = in.readInt();
        String sha256 = in.readUTF();
        String contentType = in.readUTF();
        return new MediaUpload(project, in.readUTF(), in.readUTF(), contentType, length, sha256, announcedAt);
    }

    private static byte[] sign(SecretKeySpec key, byte[] said) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac.doFinal(said);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has " + HMAC, impossible);
        }
    }
}
