package io.millrace.ingest;

import io.millrace.blob.BlobStoreConfig;
import io.millrace.ingest.http.ConnectionLimits;
import io.millrace.ingest.http.Limits;
import io.millrace.ingest.log.KafkaSpanLog;
import io.millrace.ingest.share.FairShare;
import io.millrace.ingest.span.LargePayloads;
import io.millrace.ingest.span.SpanLimits;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything the edge is told. {@link IngestSettings} reads it from defaults, a file and the environment; a launcher makes
 * it from {@link #of} and the {@code with...} methods.
 *
 * @param host the address to listen on
 * @param port for spans over HTTP; 0 takes any free one
 * @param grpcPort for spans over gRPC; 0 takes any free one, {@link #NO_GRPC} opens none
 * @param managementPort for health and metrics; 0 takes any free one, {@link #NO_MANAGEMENT} opens none
 * @param kafka where Kafka is and how to log in, as Kafka's clients name it
 * @param inFlightBytes that bodies of all requests may hold together
 * @param logBufferBytes that records waiting for acknowledgement may hold together
 * @param server how the ports for spans meet their clients
 * @param drain how long requests under way may take at the end
 * @param eventLoops how many there are; 0 means one per core
 * @param maskingKey what hashes of masked texts are keyed with, the same at every edge; at least 16 bytes
 * @param webhookKey what secrets of webhooks are sealed with, the same as the API's; at least 16 bytes
 * @param redis where limits are counted for all edges together, with the password; null counts them at each edge alone
 * @param freeDisk the free share of the log's volume, from 0 to 1; null when it is not on this machine
 * @param blobs where large payloads and files are kept
 */
public record IngestConfig(
        String host,
        int port,
        int grpcPort,
        int managementPort,
        Map<String, String> kafka,
        Limits limits,
        long inFlightBytes,
        long logBufferBytes,
        ServerSettings server,
        Duration drain,
        int eventLoops,
        byte[] maskingKey,
        byte[] webhookKey,
        @Nullable String redis,
        @Nullable DoubleSupplier freeDisk,
        BlobSettings blobs) {
    /** No management port. */
    public static final int NO_MANAGEMENT = -1;

    /** No port for gRPC. */
    public static final int NO_GRPC = -1;

    private static final int MIB = 1 << 20;

    static final int DEFAULT_PORT = 4318;
    static final int DEFAULT_GRPC_PORT = 4317;
    static final int DEFAULT_MANAGEMENT_PORT = 9464;
    static final Limits DEFAULT_LIMITS =
            new Limits(16 * MIB, 64 * MIB, Duration.ofSeconds(30), Duration.ofMillis(3_500), SpanLimits.DEFAULT);

    static final ConnectionLimits DEFAULT_CONNECTIONS =
            new ConnectionLimits(10_000, Duration.ofSeconds(60), 16 * 1024, 100, 400);
    static final ServerSettings DEFAULT_SERVER = new ServerSettings(DEFAULT_CONNECTIONS, null, Set.of());

    /**
     * @throws IllegalArgumentException when a value cannot be; the message names its key
     */
    public IngestConfig {
        kafka = Map.copyOf(kafka);
        require(port >= 0 && port <= 65_535, "ingest.port is from 0 to 65535, not " + port);
        require(grpcPort >= NO_GRPC && grpcPort <= 65_535, "ingest.grpc.port is from -1 to 65535, not " + grpcPort);
        require(
                managementPort >= NO_MANAGEMENT && managementPort <= 65_535,
                "ingest.management.port is from -1 to 65535, not " + managementPort);
        require(!kafka.getOrDefault("bootstrap.servers", "").isBlank(), "kafka.bootstrap.servers is missing");
        require(limits.wireBytes() > 0, "ingest.limit.wire.bytes is positive, not " + limits.wireBytes());
        require(limits.unpackedBytes() > 0, "ingest.limit.unpacked.bytes is positive, not " + limits.unpackedBytes());
        require(
                limits.deadline().toMillis() >= 1_000,
                "ingest.deadline.ms is at least 1000, not " + limits.deadline().toMillis());
        require(limits.bodyPatience().toMillis() > 0, "ingest.body.patience.ms is positive");
        long largest = limits.wireBytes() + limits.unpackedBytes() * 3L / 2;
        require(
                FairShare.ofOne(inFlightBytes) >= largest,
                "ingest.in.flight.bytes holds at least one of the largest bodies while it grows, " + largest
                        + ", and a reserve of a sixteenth, not " + inFlightBytes);
        require(
                KafkaSpanLog.capacityOfOne(logBufferBytes) >= limits.unpackedBytes(),
                "ingest.log.buffer.bytes is at least 1.22 times ingest.limit.unpacked.bytes, not " + logBufferBytes);
        Duration longest = limits.bodyPatience().plus(limits.deadline());
        require(
                server.connections().idle().compareTo(longest) > 0,
                "ingest.idle.seconds is longer than ingest.body.patience.ms and ingest.deadline.ms together, not "
                        + server.connections().idle().toSeconds());
        require(!drain.isNegative(), "ingest.drain.seconds is not negative");
        require(maskingKey.length >= 16, "ingest.masking.key has at least 16 characters");
        maskingKey = maskingKey.clone();
        require(webhookKey.length >= 16, "webhook.key has at least 16 characters");
        webhookKey = webhookKey.clone();
        require(redis == null || isRedis(redis), "redis.url is as redis://:password@host:6379");
        require(eventLoops >= 0, "ingest.event.loops is not negative, but " + eventLoops);
    }

    /** The defaults with this Kafka. */
    public static IngestConfig of(Map<String, String> kafka) {
        return new IngestConfig(
                "0.0.0.0",
                DEFAULT_PORT,
                DEFAULT_GRPC_PORT,
                DEFAULT_MANAGEMENT_PORT,
                kafka,
                DEFAULT_LIMITS,
                128L * MIB,
                96L * MIB,
                DEFAULT_SERVER,
                Duration.ofSeconds(5),
                0,
                randomKey(),
                randomKey(),
                null,
                null,
                BlobSettings.NONE);
    }

    public IngestConfig withHost(String other) {
        return with(draft -> draft.host = other);
    }

    public IngestConfig withPorts(int spans, int grpc, int management) {
        return with(draft -> {
            draft.port = spans;
            draft.grpcPort = grpc;
            draft.managementPort = management;
        });
    }

    public IngestConfig withFreeDisk(DoubleSupplier share) {
        return with(draft -> draft.freeDisk = share);
    }

    /** With large payloads and files in this blob store. */
    public IngestConfig withBlobs(BlobStoreConfig store) {
        return withBlobs(store, blobs.payloads());
    }

    /** With files and these payloads in this blob store. */
    public IngestConfig withBlobs(BlobStoreConfig store, LargePayloads payloads) {
        return with(draft -> draft.blobs = new BlobSettings(store, payloads));
    }

    /** With limits that are counted for all edges together, there. */
    public IngestConfig withRedis(String url) {
        return with(draft -> draft.redis = url);
    }

    /** With another key for the hashes of masked texts. */
    public IngestConfig withMaskingKey(byte[] key) {
        return with(draft -> draft.maskingKey = key);
    }

    /** With the key under which the API sealed the secrets of webhooks. */
    public IngestConfig withWebhookKey(byte[] key) {
        return with(draft -> draft.webhookKey = key);
    }

    /** With another bound of memory, for bodies and for records that wait for acknowledgement. */
    public IngestConfig withMemory(long bodies, long log) {
        return with(draft -> {
            draft.inFlightBytes = bodies;
            draft.logBufferBytes = log;
        });
    }

    public IngestConfig withLimits(Limits other) {
        return with(draft -> draft.limits = other);
    }

    public IngestConfig withServer(ServerSettings other) {
        return with(draft -> draft.server = other);
    }

    public IngestConfig withDrain(Duration other) {
        return with(draft -> draft.drain = other);
    }

    private IngestConfig with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.config();
    }

    /** Of no use to anybody else: hashes that it makes are like no others, and it opens nothing. */
    private static byte[] randomKey() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return key;
    }

    @Override
    public byte[] maskingKey() {
        return maskingKey.clone();
    }

    @Override
    public byte[] webhookKey() {
        return webhookKey.clone();
    }

    /** How long the log has for an append, so that the answer to its failure is still in time. */
    Duration delivery() {
        return limits.deadline().minusMillis(500);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Nothing of it may be in a message: there is a password in it. */
    private static boolean isRedis(String url) {
        try {
            URI uri = new URI(url);
            return List.of("redis", "rediss").contains(String.valueOf(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getPath().matches("(/[0-9]*)?");
        } catch (URISyntaxException malformed) {
            return false;
        }
    }

    /** Without the settings of Kafka and Redis: there are passwords among them. */
    @Override
    public String toString() {
        return "IngestConfig[host=" + host + ", port=" + port + ", grpcPort=" + grpcPort + ", managementPort="
                + managementPort + "]";
    }

    /** A configuration while it is changed. */
    private static final class Draft {
        private String host;
        private int port;
        private int grpcPort;
        private int managementPort;
        private final Map<String, String> kafka;
        private Limits limits;
        private long inFlightBytes;
        private long logBufferBytes;
        private ServerSettings server;
        private Duration drain;
        private final int eventLoops;
        private byte[] maskingKey;
        private byte[] webhookKey;
        private @Nullable String redis;
        private @Nullable DoubleSupplier freeDisk;
        private BlobSettings blobs;

        private Draft(IngestConfig from) {
            host = from.host;
            port = from.port;
            grpcPort = from.grpcPort;
            managementPort = from.managementPort;
            kafka = from.kafka;
            limits = from.limits;
            inFlightBytes = from.inFlightBytes;
            logBufferBytes = from.logBufferBytes;
            server = from.server;
            drain = from.drain;
            eventLoops = from.eventLoops;
            maskingKey = from.maskingKey;
            webhookKey = from.webhookKey;
            redis = from.redis;
            freeDisk = from.freeDisk;
            blobs = from.blobs;
        }

        private IngestConfig config() {
            return new IngestConfig(
                    host,
                    port,
                    grpcPort,
                    managementPort,
                    kafka,
                    limits,
                    inFlightBytes,
                    logBufferBytes,
                    server,
                    drain,
                    eventLoops,
                    maskingKey,
                    webhookKey,
                    redis,
                    freeDisk,
                    blobs);
        }
    }
}
