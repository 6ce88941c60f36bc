package io.millrace.ingest;

import io.millrace.blob.BlobStoreConfig;
import io.millrace.ingest.http.ConnectionLimits;
import io.millrace.ingest.http.Limits;
import io.millrace.ingest.span.LargePayloads;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link IngestConfig} from a properties file, named by {@code MILLRACE_CONFIG}, and the environment, which wins.
 * The key {@code ingest.port} is {@code MILLRACE_INGEST_PORT} there; every {@code kafka.X} goes to Kafka's clients as
 * {@code X}.
 */
final class IngestSettings {
    private static final String PREFIX = "MILLRACE_";
    private static final String OURS = "ingest.";
    private static final String KAFKA = "kafka.";

    private final Map<String, String> values;
    private final Set<String> read = new HashSet<>();

    private IngestSettings(Map<String, String> values) {
        this.values = values;
    }

    /**
     * @throws IllegalArgumentException when a value is wrong, or a key of ours unknown; the message names it
     * @throws UncheckedIOException when the file cannot be read
     */
    static IngestConfig read(Map<String, String> environment) {
        Map<String, String> values = new HashMap<>();
        String file = environment.get(PREFIX + "CONFIG");
        if (file != null) {
            values.putAll(fromFile(Path.of(file)));
        }
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                values.put(
                        name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return new IngestSettings(values).config();
    }

    private static Map<String, String> fromFile(Path file) {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
        Map<String, String> values = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        return values;
    }

    private IngestConfig config() {
        IngestConfig base = IngestConfig.of(kafka());
        IngestConfig config = new IngestConfig(
                text("ingest.host", base.host()),
                integer("ingest.port", base.port()),
                integer("ingest.grpc.port", base.grpcPort()),
                integer("ingest.management.port", base.managementPort()),
                base.kafka(),
                limits(base.limits()),
                number("ingest.in.flight.bytes", base.inFlightBytes()),
                number("ingest.log.buffer.bytes", base.logBufferBytes()),
                server(base.server().connections()),
                Duration.ofSeconds(number("ingest.drain.seconds", base.drain().toSeconds())),
                integer("ingest.event.loops", base.eventLoops()),
                key("ingest.masking.key", base.maskingKey()),
                key("webhook.key", base.webhookKey()),
                redis(),
                freeDisk(),
                blobs(base.blobs().payloads()));
        refuseUnknown();
        return config;
    }

    private Limits limits(Limits base) {
        return new Limits(
                integer("ingest.limit.wire.bytes", base.wireBytes()),
                integer("ingest.limit.unpacked.bytes", base.unpackedBytes()),
                Duration.ofMillis(
                        number("ingest.body.patience.ms", base.bodyPatience().toMillis())),
                Duration.ofMillis(number("ingest.deadline.ms", base.deadline().toMillis())),
                base.span().withMaxItems(spans(base.span().maxItems())));
    }

    private int spans(int otherwise) {
        int spans = integer("ingest.limit.spans", otherwise);
        if (spans < 1) {
            throw new IllegalArgumentException("ingest.limit.spans is positive, not " + spans);
        }
        return spans;
    }

    private ServerSettings server(ConnectionLimits base) {
        ConnectionLimits connections = new ConnectionLimits(
                integer("ingest.limit.connections", base.most()),
                Duration.ofSeconds(number("ingest.idle.seconds", base.idle().toSeconds())),
                integer("ingest.limit.head.bytes", base.headBytes()),
                integer("ingest.limit.streams", base.streams()),
                integer("ingest.limit.resets", base.resets()));
        return new ServerSettings(connections, tls(), origins());
    }

    private @Nullable Tls tls() {
        String certificate = text("ingest.tls.certificate", "");
        String key = text("ingest.tls.key", "");
        if (certificate.isEmpty() && key.isEmpty()) {
            return null;
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            throw new IllegalArgumentException("ingest.tls.certificate and ingest.tls.key go together");
        }
        return new Tls(Path.of(certificate), Path.of(key));
    }

    private Set<String> origins() {
        return Stream.of(text("ingest.cors.origins", "").split(","))
                .map(String::strip)
                .filter(origin -> !origin.isEmpty())
                .collect(Collectors.toSet());
    }

    private Map<String, String> kafka() {
        Map<String, String> kafka = new HashMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(KAFKA)) {
                kafka.put(key.substring(KAFKA.length()), value);
            }
        });
        return kafka;
    }

    private @Nullable String redis() {
        String url = text("redis.url", "");
        return url.isEmpty() ? null : url;
    }

    private BlobSettings blobs(LargePayloads base) {
        int over = integer("ingest.blob.over.bytes", base.over());
        if (over < base.kept() || over > base.most()) {
            throw new IllegalArgumentException(
                    "ingest.blob.over.bytes is from " + base.kept() + " to " + base.most() + ", not " + over);
        }
        LargePayloads payloads = new LargePayloads(over, base.most(), base.kept());
        return new BlobSettings(
                BlobStoreConfig.read(name -> Optional.of(text(name, "")).filter(value -> !value.isEmpty()))
                        .orElse(null),
                payloads);
    }

    private byte[] key(String name, byte[] otherwise) {
        String key = text(name, "");
        return key.isEmpty() ? otherwise : key.getBytes(StandardCharsets.UTF_8);
    }

    private @Nullable DoubleSupplier freeDisk() {
        String path = text("ingest.disk.path", "");
        return path.isEmpty() ? null : () -> freeShare(Path.of(path));
    }

    private static double freeShare(Path path) {
        try {
            FileStore store = Files.getFileStore(path);
            return (double) store.getUsableSpace() / store.getTotalSpace();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot measure " + path, unreadable);
        }
    }

    private void refuseUnknown() {
        for (String key : values.keySet()) {
            if (key.startsWith(OURS) && !read.contains(key)) {
                throw new IllegalArgumentException(key + " is no setting of the edge");
            }
        }
    }

    private String text(String key, String otherwise) {
        read.add(key);
        return values.getOrDefault(key, otherwise).strip();
    }

    private int integer(String key, int otherwise) {
        long value = number(key, otherwise);
        if (value != (int) value) {
            throw new IllegalArgumentException(key + " is too large: " + value);
        }
        return (int) value;
    }

    private long number(String key, long otherwise) {
        String text = text(key, Long.toString(otherwise));
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException malformed) {
            throw new IllegalArgumentException(key + " is a whole number, not " + text, malformed);
        }
    }
}
