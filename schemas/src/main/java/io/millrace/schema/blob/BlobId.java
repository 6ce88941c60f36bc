package io.millrace.schema.blob;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of a blob within its project. It says all that has to be known to find it, to check it and to let it go: equal
 * bytes of one day have one name, so that what is sent twice is kept once.
 *
 * @param day (UTC) of the span that it belongs to: with that day's spans it goes
 * @param sha256 of its bytes, 64 hex digits in lower case
 */
public record BlobId(LocalDate day, String sha256) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern FORM = Pattern.compile("([0-9]{8})-([0-9a-f]{64})");
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuuMMdd").withResolverStyle(ResolverStyle.STRICT);

    /** @throws IllegalArgumentException when the digest is none, or the year has not four digits */
    public BlobId {
        if (!DIGEST.matcher(sha256).matches()) {
            throw new IllegalArgumentException("a SHA-256 has 64 hex digits in lower case");
        }
        if (day.getYear() < 1000 || day.getYear() > 9999) {
            throw new IllegalArgumentException("a day of the year " + day.getYear());
        }
    }

    /** The name of these bytes. */
    public static BlobId of(LocalDate day, byte[] bytes, int offset, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, offset, length);
            return new BlobId(day, HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException when the text is no such name
     */
    public static BlobId parse(String text) {
        var form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("no name of a blob");
        }
        return new BlobId(parseDay(form.group(1)), form.group(2));
    }

    /**
     * Reads a day as names have it, {@code 20261122}.
     *
     * @throws IllegalArgumentException when the text is no day
     */
    public static LocalDate parseDay(String text) {
        try {
            return LocalDate.parse(text, DAY);
        } catch (DateTimeException wrong) {
            throw new IllegalArgumentException("no day of a blob", wrong);
        }
    }

    /** The day as names have it: they sort as days do. */
    public static String format(LocalDate day) {
        return DAY.format(day);
    }

    @Override
    public String toString() {
        return format(day) + "-" + sha256;
    }
}
