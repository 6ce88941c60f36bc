package io.millrace.bench.stack;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The line by which a stack says that every part takes work. */
public record Ready(URI ingest, URI api) {
    private static final String PREFIX = "ready ";

    /** Reads the line; empty when it is another one. */
    public static Optional<Ready> parse(String line) {
        if (!line.startsWith(PREFIX)) {
            return Optional.empty();
        }
        Map<String, String> fields = new HashMap<>();
        for (String field : line.substring(PREFIX.length()).strip().split(" +")) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.put(field.substring(0, equals), field.substring(equals + 1));
            }
        }
        String ingest = fields.get("ingest");
        String api = fields.get("api");
        return ingest == null || api == null
                ? Optional.empty()
                : Optional.of(new Ready(URI.create(ingest), URI.create(api)));
    }
}
