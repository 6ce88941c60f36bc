package io.millrace.bench.edge;

import io.millrace.bench.edge.Load.Pace;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Requests with the spans of calls of models and their texts, which cost an edge far more than their sender: each is encoded
 * and packed once, and sent again and again from one thread. For whoever has to bring an edge to its limit on the machine that
 * it runs on. The spans repeat, so that what stands behind the edge stores few.
 */
public final class PackedLoad implements AutoCloseable {
    public static final int SPANS_PER_REQUEST = Payload.SPANS_PER_BODY;

    private final Load load;

    /**
     * Requests since the start.
     *
     * @param sent answered or not
     * @param taken of which every span was acknowledged
     * @param refused answered 503 or 429 with {@code Retry-After}
     * @param other answered otherwise, or not at all
     */
    public record Counts(long sent, long taken, long refused, long other) {}

    private PackedLoad(Load load) {
        this.load = load;
    }

    /** Sends on each connection the next request as soon as the last one is answered, or 10 ms after it is refused. */
    public static PackedLoad asFastAsAnswered(URI url, String secret, int connections) throws IOException {
        return start(url, secret, Pace.closed(connections));
    }

    /**
     * Sends each request when it is due, whatever became of those before, as long as a connection is free.
     *
     * @param connections at most
     */
    public static PackedLoad atRate(URI url, String secret, double requestsPerSecond, int connections)
            throws IOException {
        return start(url, secret, new Pace(connections, requestsPerSecond));
    }

    private static PackedLoad start(URI url, String secret, Pace pace) throws IOException {
        long now = TimeUnit.MILLISECONDS.toNanos(Instant.now().toEpochMilli());
        Bodies bodies = Bodies.of(Payload.LLM, Wire.OTLP_PROTOBUF_GZIP, now);
        return new PackedLoad(Load.start(new Target(url, secret), bodies, pace));
    }

    public Counts counts() {
        LoadTally.Counts counts = load.counts();
        long other = counts.wrong().values().stream().mapToLong(Long::longValue).sum();
        return new Counts(counts.sent(), counts.taken(), counts.refused(), other);
    }

    /** Begins no more requests, and returns when the last one is answered or given up. */
    @Override
    public void close() throws IOException, InterruptedException {
        load.close();
    }
}
