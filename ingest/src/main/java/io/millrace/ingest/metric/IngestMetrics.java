package io.millrace.ingest.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestSpans;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

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

    private final MeterRegistry registry;
    private final Map<String, Counter> requests = new ConcurrentHashMap<>();
    private final Map<String, Counter> unavailable = new ConcurrentHashMap<>();
    private final Map<String, Counter> items = new ConcurrentHashMap<>();
    private final Counter wireBytes;
    private final Counter unpackedBytes;
    private final Timer ack;

    public IngestMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.wireBytes = bytes("wire");
        this.unpackedBytes = bytes("unpacked");
        this.ack = Timer.builder("millrace.ingest.ack")
                .description("From the end of a body to the acknowledgement of its last record")
                .serviceLevelObjectives(ACK_BUCKETS)
                .register(registry);
        for (RefusalReason reason : RefusalReason.values()) {
            item("refused", reason.wireName());
        }
        item("accepted", "");
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

    /** One request was answered 503. */
    public void unavailable(String cause) {
        unavailable
                .computeIfAbsent(
                        cause,
                        key -> Counter.builder("millrace.ingest.unavailable")
                                .description("Requests answered 503")
                                .tag("cause", cause)
                                .register(registry))
                .increment();
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
        spans.refusedByReason()
                .forEach((reason, n) -> item("refused", reason.wireName()).increment(n));
        if (spans.ignored() > 0) {
            item("ignored", "").increment(spans.ignored());
        }
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
