package io.millrace.schema.privacy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What is recognised in a text without being told how. The code is what messages carry. */
public enum Detector {
    /** An e-mail address. */
    EMAIL(1),
    /** A telephone number: international with its plus, or of North America with its separators. */
    PHONE(2),
    /** The number of a payment card: a known issuer, its lengths, and the check digit (ISO/IEC 7812). */
    PAYMENT_CARD(3),
    /** An international bank account number: a known country's length, and the check digits (ISO 13616). */
    IBAN(4),
    /**
     * A person's number at an authority: social security (US), national insurance (GB), DNI and NIE (ES), NIR (FR), codice
     * fiscale (IT), Aadhaar in groups (IN); with check digits where there are any.
     */
    NATIONAL_ID(5),
    /** An IPv4 or IPv6 address. */
    IP_ADDRESS(6),
    /** A key of a known form, a bearer token, a password in a URL, a private key. */
    SECRET(7),
    /** A JSON Web Token (RFC 7519). */
    JWT(8);

    private final int code;

    Detector(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** As the API writes it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its bit in a set of detectors. */
    public int bit() {
        return 1 << ordinal();
    }

    public static Optional<Detector> of(int code) {
        return Arrays.stream(values()).filter(one -> one.code == code).findFirst();
    }

    public static Optional<Detector> of(String label) {
        return Arrays.stream(values()).filter(one -> one.label().equals(label)).findFirst();
    }
}
