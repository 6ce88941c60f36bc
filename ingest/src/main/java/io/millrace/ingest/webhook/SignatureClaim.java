package io.millrace.ingest.webhook;

import io.millrace.schema.webhook.Headers;
import io.millrace.schema.webhook.WebhookSecret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of who sent it, read from its headers and not believed yet: {@link #isBy} compares it with the body,
 * byte by byte as it arrived. How long that takes does not depend on how much of a signature is right.
 *
 * @param deliveryId if it is part of what is signed
 * @param seconds the signed time, since the epoch, if there is one
 * @param prefix what is signed before the body
 * @param macs HMAC-SHA256 as the style spells it, one for each secret that the sender has
 * @param spelling how
 * @param signatures of Ed25519
 */
record SignatureClaim(
        Optional<String> deliveryId,
        OptionalLong seconds,
        byte[] prefix,
        List<byte[]> macs,
        Spelling spelling,
        List<byte[]> signatures) {
    private static final String MAC = "HmacSHA256";
    private static final String ED25519 = "Ed25519";
    /** What stands before the bytes of an Ed25519 public key in X.509 (RFC 8410). */
    private static final byte[] KEY_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    /** A sender has a few keys at most; each signature costs a look at the whole body. */
    private static final int MOST_SIGNATURES = 4;

    private static final int LONGEST_TIME = 12;

    /** How a style writes an HMAC, or what it writes instead. */
    enum Spelling {
        BASE64,
        HEX,
        /** The secret itself. */
        PLAIN
    }

    /**
     * Reads what the source's style wants.
     *
     * @throws Unverified when it is not there
     */
    static SignatureClaim of(WebhookSource source, Headers headers) throws Unverified {
        return switch (source.style()) {
            case STANDARD -> standard(headers);
            case GITHUB -> github(text(headers.get(source.signatureHeader())));
            case LANGFUSE -> timed(text(headers.get(source.signatureHeader())));
            case SHARED_SECRET -> plain(text(headers.get(source.signatureHeader())));
        };
    }

    /** {@code webhook-id}, {@code -timestamp} and {@code -signature}; some senders call them {@code svix-...}. */
    private static SignatureClaim standard(Headers headers) throws Unverified {
        String prefix = headers.get("webhook-id") != null ? "webhook" : "svix";
        String id = text(headers.get(prefix + "-id"));
        String time = text(headers.get(prefix + "-timestamp"));
        List<byte[]> macs = new ArrayList<>();
        List<byte[]> signatures = new ArrayList<>();
        for (String one : text(headers.get(prefix + "-signature")).split(" ")) {
            if (one.startsWith("v1,")) {
                macs.add(ascii(one.substring("v1,".length())));
            } else if (one.startsWith("v1a,") && signatures.size() < MOST_SIGNATURES) {
                signatures.add(ascii(one.substring("v1a,".length())));
            }
        }
        if (macs.isEmpty() && signatures.isEmpty()) {
            throw new Unverified(Unverified.Reason.NO_SIGNATURE);
        }
        return new SignatureClaim(
                Optional.of(id),
                OptionalLong.of(seconds(time)),
                utf8(id + "." + time + "."),
                macs,
                Spelling.BASE64,
                signatures);
    }

    private static SignatureClaim github(String header) throws Unverified {
        String prefix = "sha256=";
        if (!header.startsWith(prefix)) {
            throw new Unverified(Unverified.Reason.NO_SIGNATURE);
        }
        return hex(OptionalLong.empty(), "", List.of(ascii(header.substring(prefix.length()))));
    }

    /** {@code t=TIME,v1=HEX}, with one {@code v1} for each secret that the sender has. */
    private static SignatureClaim timed(String header) throws Unverified {
        String time = "";
        List<byte[]> macs = new ArrayList<>();
        for (String part : header.split(",")) {
            String trimmed = part.strip();
            if (trimmed.startsWith("t=")) {
                time = trimmed.substring("t=".length());
            } else if (trimmed.startsWith("v1=")) {
                macs.add(ascii(trimmed.substring("v1=".length())));
            }
        }
        if (macs.isEmpty()) {
            throw new Unverified(Unverified.Reason.NO_SIGNATURE);
        }
        return hex(OptionalLong.of(seconds(time)), time + ".", macs);
    }

    private static SignatureClaim hex(OptionalLong seconds, String prefix, List<byte[]> macs) {
        return new SignatureClaim(Optional.empty(), seconds, utf8(prefix), macs, Spelling.HEX, List.of());
    }

    private static SignatureClaim plain(String header) {
        return new SignatureClaim(
                Optional.empty(), OptionalLong.empty(), new byte[0], List.of(utf8(header)), Spelling.PLAIN, List.of());
    }

    private static String text(@Nullable String header) throws Unverified {
        if (header == null || header.isBlank()) {
            throw new Unverified(Unverified.Reason.NO_SIGNATURE);
        }
        return header.strip();
    }

    private static long seconds(String time) throws Unverified {
        if (time.isEmpty()
                || time.length() > LONGEST_TIME
                || !time.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            throw new Unverified(Unverified.Reason.NO_SIGNATURE);
        }
        return Long.parseLong(time);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether one of these secrets makes what the headers say of {@code body[0, length)}. */
    boolean isBy(List<WebhookSecret> secrets, byte[] body, int length) {
        boolean found = false;
        for (WebhookSecret secret : secrets) {
            found |= secret.isPublicKey() ? isSigned(secret, body, length) : isMade(secret, body, length);
        }
        return found;
    }

    private boolean isMade(WebhookSecret secret, byte[] body, int length) {
        byte[] right = spelt(secret, body, length);
        boolean found = false;
        for (byte[] said : macs) {
            // Texts and not what they mean: of base64 several may mean the same. The length of the first says how long
            // this takes, and that is no secret of ours.
            found |= MessageDigest.isEqual(said, right);
        }
        return found;
    }

    private byte[] spelt(WebhookSecret secret, byte[] body, int length) {
        return switch (spelling) {
            case BASE64 -> Base64.getEncoder().encode(mac(secret, body, length));
            case HEX -> ascii(HexFormat.of().formatHex(mac(secret, body, length)));
            case PLAIN -> secret.key();
        };
    }

    private byte[] mac(WebhookSecret secret, byte[] body, int length) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(secret.key(), MAC));
            mac.update(prefix);
            mac.update(body, 0, length);
            return mac.doFinal();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has " + MAC, impossible);
        }
    }

    private boolean isSigned(WebhookSecret secret, byte[] body, int length) {
        boolean found = false;
        for (byte[] said : signatures) {
            found |= isSigned(secret, said, body, length);
        }
        return found;
    }

    private boolean isSigned(WebhookSecret secret, byte[] said, byte[] body, int length) {
        try {
            byte[] bytes = Base64.getDecoder().decode(said);
            if (!MessageDigest.isEqual(said, Base64.getEncoder().encode(bytes))) {
                return false;
            }
            Signature check = Signature.getInstance(ED25519);
            check.initVerify(publicKey(secret));
            check.update(prefix);
            check.update(body, 0, length);
            return check.verify(bytes);
        } catch (IllegalArgumentException | GeneralSecurityException noSignature) {
            return false;
        }
    }

    private static PublicKey publicKey(WebhookSecret secret) throws GeneralSecurityException {
        byte[] raw = secret.key();
        byte[] encoded = new byte[KEY_HEAD.length + raw.length];
        System.arraycopy(KEY_HEAD, 0, encoded, 0, KEY_HEAD.length);
        System.arraycopy(raw, 0, encoded, KEY_HEAD.length, raw.length);
        return KeyFactory.getInstance(ED25519).generatePublic(new X509EncodedKeySpec(encoded));
    }
}
