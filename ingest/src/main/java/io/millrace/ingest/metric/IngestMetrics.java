package io.millrace.ingest.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.ingest.limit.LimitName;
import io.millrace.ingest.privacy.MaskingCounts;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.webhook.Unverified;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * What the edge counts of itself. Items are counted when their answer is sent, so that {@code accepted} never names a
 * span that is not durable; 401, 413 and 503 are requests, not items.
 */
public final class IngestMetrics {
    private static final String ITEMS = "millrace.ingest.items";
    private static final Duration[] ACK_BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(3),
    };

    private static final Duration[] REQUEST_BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
    };
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final MeterRegistry registry;
    private final Map<String, Counter> requests = new ConcurrentHashMap<>();
    private final Map<String, Counter> unavailable = new ConcurrentHashMap<>();
    private final Map<String, Counter> closed = new ConcurrentHashMap<>();
    private final Map<Served, Timer> served = new ConcurrentHashMap<>();
    private final Map<String, Counter> items = new ConcurrentHashMap<>();
    private final Map<Unverified.Reason, Counter> unverified = new EnumMap<>(Unverified.Reason.class);
    private final Map<LimitName, Counter> limited = new EnumMap<>(LimitName.class);
    private final Counter wireBytes;
    private final Counter unpackedBytes;
    private final Counter thinned;
    private final Timer ack;
    private final Counter blobBytes;
    private final Timer blobWrites;

    public IngestMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.wireBytes = bytes("wire");
        this.unpackedBytes = bytes("unpacked");
        this.thinned = Counter.builder("millrace.ingest.bodies.thinned")
                .description("Bodies not kept since their traces are not in their project's sample")
                .register(registry);
        this.ack = Timer.builder("millrace.ingest.ack")
                .description("From the end of a body to the acknowledgement of its last record")
                .serviceLevelObjectives(ACK_BUCKETS)
                .register(registry);
        this.blobBytes = Counter.builder("millrace.ingest.blob.bytes")
                .description("Bytes of large payloads and files that the blob store has taken")
                .register(registry);
        this.blobWrites = Timer.builder("millrace.ingest.blob.writes")
                .description("Until the blob store has taken a large payload or file")
                .register(registry);
        for (RefusalReason reason : RefusalReason.values()) {
            item("refused", reason.wireName());
        }
        item("accepted", "");
        for (LimitName limit : LimitName.values()) {
            limited.put(
                    limit,
                    Counter.builder("millrace.ingest.limited")
                            .description("Requests refused for a limit of their sender")
                            .tag("limit", limit.label())
                            .register(registry));
        }
        for (Unverified.Reason reason : Unverified.Reason.values()) {
            unverified.put(
                    reason,
                    Counter.builder("millrace.ingest.webhooks.refused")
                            .description("Deliveries of webhooks that were not shown to be their source's")
                            .tag("reason", reason.label())
                            .register(registry));
        }
    }

    /** A delivery of a webhook was not shown to be its source's. */
    public void unverified(Unverified.Reason reason) {
        Counter counter = unverified.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    /** A request was refused for a limit of its sender. */
    public void limited(LimitName limit) {
        Counter counter = limited.get(limit);
        if (counter != null) {
            counter.increment();
        }
    }

    /** Shows whether this edge counts limits alone. */
    public void localLimits(BooleanSupplier local) {
        Gauge.builder("millrace.ingest.limiter.local", local, alone -> alone.getAsBoolean() ? 1 : 0)
                .description("1 while this edge counts limits alone, with its share of them")
                .strongReference(true)
                .register(registry);
    }

    private Counter bytes(String stage) {
        return Counter.builder("millrace.ingest.bytes")
                .description("Bytes of bodies that were read whole")
                .tag("stage", stage)
                .register(registry);
    }

    /** Shows how much memory requests hold, by who holds it. */
    public void inFlight(String holder, LongSupplier bytes) {
        Gauge.builder("millrace.ingest.in.flight.bytes", bytes, LongSupplier::getAsLong)
                .description("Bytes of requests that are not answered yet")
                .tag("holder", holder)
                .strongReference(true)
                .register(registry);
    }

    /** Shows how often something was taken out of a text, by what found it. */
    public void masked(MaskingCounts counts) {
        for (String detector : counts.labels()) {
            masked(detector, counts);
        }
    }

    private void masked(String detector, MaskingCounts counts) {
        FunctionCounter.builder("millrace.ingest.masked", counts, all -> all.of(detector))
                .description("Findings that masking took out of texts")
                .tag("detector", detector)
                .register(registry);
    }

    /** Shows how many connections for spans are open. */
    public void connections(IntSupplier open) {
        Gauge.builder("millrace.ingest.connections", open, IntSupplier::getAsInt)
                .description("Open connections for spans")
                .strongReference(true)
                .register(registry);
    }

    /** Shows how many requests wait for their turn. */
    public void waiting(IntSupplier requests) {
        Gauge.builder("millrace.ingest.requests.waiting", requests, IntSupplier::getAsInt)
                .description("Requests that wait unread for their turn")
                .strongReference(true)
                .register(registry);
    }

    /**
     * The edge closed a connection for what it cost.
     *
     * @param cause {@code limit} for one too many, {@code idle} for one that brought no request
     */
    public void connectionClosed(String cause) {
        closed.computeIfAbsent(
                        cause,
                        key -> Counter.builder("millrace.ingest.connections.closed")
                                .description("Connections that the edge closed for what they cost")
                                .tag("cause", cause)
                                .register(registry))
                .increment();
    }

    /** One request was answered. */
    public void answered(String endpoint, int status) {
        requests.computeIfAbsent(
                        endpoint + status,
                        key -> Counter.builder("millrace.ingest.requests")
                                .description("Answered requests")
                                .tag("endpoint", endpoint)
                                .tag("status", Integer.toString(status))
                                .register(registry))
                .increment();
    }

    /** The labels of a kind of request: as many as there are routes, methods and answers, whatever callers think up. */
    private record Served(String method, String route, int status) {}

    /**
     * The whole of an answer was handed to the connection.
     *
     * @param route the path without prefixes
     * @param elapsedNanos since the request's headers
     */
    public void served(String method, String route, int status, long elapsedNanos) {
        Served kind = new Served(METHODS.contains(method) ? method : "OTHER", route, status);
        served.computeIfAbsent(kind, this::timer).record(elapsedNanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Served kind) {
        return Timer.builder("http.server.requests")
                .description("Requests from their headers to the end of their answer")
                .tag("server", "ingest")
                .tag("method", kind.method())
                .tag("route", kind.route())
                .tag("status", Integer.toString(kind.status()))
                .serviceLevelObjectives(REQUEST_BUCKETS)
                .register(registry);
    }

    /**
     * Shows some of what a client of Kafka counts of itself, under the names that Micrometer gives them. All of it would be
     * hundreds of series, many by node and connection.
     *
     * @param kind {@code producer} or {@code consumer}
     * @param names as the client has them, with their group where it is not the client's own
     * @param value of a name; not a number while there is none
     */
    public void kafkaClient(String kind, String client, List<String> names, ToDoubleFunction<String> value) {
        for (String name : names) {
            String meter = "kafka." + kind + "." + name.replace('-', '.').replace('/', '.');
            if (name.endsWith("-total")) {
                FunctionCounter.builder(meter, value, source -> source.applyAsDouble(name))
                        .description("Of a client of Kafka: " + name)
                        .tag("client_id", client)
                        .register(registry);
            } else {
                Gauge.builder(meter, () -> value.applyAsDouble(name))
                        .description("Of a client of Kafka: " + name)
                        .tag("client_id", client)
                        .strongReference(true)
                        .register(registry);
            }
        }
    }

    /** One request was answered 503. */
    public void unavailable(String cause) {
        unavailable
                .computeIfAbsent(
                        cause,
                        key -> Counter.builder("millrace.ingest.unavailable")
                                .description("Requests answered 503, but for limits of their sender")
                                .tag("cause", cause)
                                .register(registry))
                .increment();
    }

    /** The blob store has taken a large payload or a file. */
    public void blob(long bytes, long elapsedNanos) {
        blobBytes.increment(bytes);
        blobWrites.record(elapsedNanos, TimeUnit.NANOSECONDS);
    }

    /** A body was read and unpacked. */
    public void body(int wire, int unpacked) {
        wireBytes.increment(wire);
        unpackedBytes.increment(unpacked);
    }

    /** The records of a request are durable. */
    public void durable(RequestSpans spans, long elapsedNanos) {
        ack.record(Duration.ofNanos(elapsedNanos));
        item("accepted", "").increment(spans.accepted());
        thinned.increment(spans.thinned());
        spans.refusedByReason()
                .forEach((reason, n) -> item("refused", reason.wireName()).increment(n));
        spans.ignoredByReason().forEach((reason, n) -> item("ignored", reason).increment(n));
    }

    private Counter item(String result, String reason) {
        return items.computeIfAbsent(
                result + reason,
                key -> Counter.builder(ITEMS)
                        .description("Items of answered requests")
                        .tag("result", result)
                        .tag("reason", reason)
                        .register(registry));
    }
}
