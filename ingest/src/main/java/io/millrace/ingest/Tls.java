package io.millrace.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.regex.Pattern;

/**
 * What the edge proves itself with.
 *
 * @param certificate and those that lead from it to a known one, in PEM
 * @param key the private one of the certificate, in PEM
 */
public record Tls(Path certificate, Path key) {
    private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN (RSA |EC )?PRIVATE KEY-----");

    /** @throws IllegalArgumentException when a file is not what it should be; the message names its key */
    public Tls {
        require(isCertificate(certificate), "ingest.tls.certificate is no PEM file with a certificate: " + certificate);
        require(isKey(key), "ingest.tls.key is no PEM file with a private key that has no password: " + key);
    }

    private static boolean isCertificate(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return !CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .isEmpty();
        } catch (IOException | CertificateException unreadable) {
            return false;
        }
    }

    private static boolean isKey(Path file) {
        try {
            return PRIVATE_KEY.matcher(Files.readString(file)).find();
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
