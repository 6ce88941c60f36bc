package io.millrace.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Generated secrets in a file of {@code name=value} lines that only its owner reads. */
final class Secrets {
    private static final int BYTES = 24;

    private final Path file;
    private final SecureRandom random = new SecureRandom();

    Secrets(Path file) {
        this.file = file;
    }

    /** 192 random bits as URL-safe Base64; the same ones for the same name as long as the file lives. */
    synchronized String get(String name) {
        try {
            var known = read();
            var value = known.get(name);
            if (value == null) {
                value = generate();
                known.put(name, value);
                PrivateFiles.replace(file, text(known));
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read or write " + file, e);
        }
    }

    /** The secret of that name, if it was ever made. */
    Optional<String> find(String name) throws IOException {
        return Optional.ofNullable(read().get(name));
    }

    private String generate() {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private Map<String, String> read() throws IOException {
        var known = new TreeMap<String, String>();
        if (!Files.exists(file)) return known;
        for (var line : Files.readAllLines(file)) {
            int equals = line.indexOf('=');
            if (equals > 0) known.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return known;
    }

    private static String text(Map<String, String> secrets) {
        return secrets.entrySet().stream()
                .map(secret -> secret.getKey() + "=" + secret.getValue() + "\n")
                .collect(Collectors.joining());
    }
}
