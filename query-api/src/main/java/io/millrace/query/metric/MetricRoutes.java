package io.millrace.query.metric;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.query.auth.Access;
import io.millrace.query.auth.Scope;
import io.millrace.query.db.Database;
import io.millrace.query.http.Problem;
import io.millrace.query.http.Replies;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;

/** {@code /v1/metrics}, and the feed of open windows that it needs. */
public final class MetricRoutes implements AutoCloseable {
    private static final long MAX_OVERLAY_BYTES = 128L << 20;

    private final Access access;
    private final Clock clock;
    private final Overlay overlay = new Overlay(MAX_OVERLAY_BYTES);
    private final OverlayFeed feed;
    private final Metrics metrics;

    public MetricRoutes(Database database, Access access, Supplier<Consumer<byte[], byte[]>> consumers, Clock clock) {
        this.access = access;
        this.clock = clock;
        this.feed = new OverlayFeed(consumers, overlay);
        this.metrics = new Metrics(new MetricStore(database), overlay);
    }

    public void mount(Router router) {
        router.get("/v1/metrics").handler(access.requiring(Scope.READ)).handler(this::answer);
    }

    /** Begins to follow open windows. */
    public void start(MeterRegistry registry) {
        Gauge.builder("millrace.overlay.bytes", overlay, Overlay::bytes)
                .description("Memory of windows that the store may not have yet")
                .strongReference(true)
                .register(registry);
        FunctionCounter.builder("millrace.overlay.refused", overlay, Overlay::refusals)
                .description("Values of windows that were not taken for lack of memory")
                .register(registry);
        Gauge.builder("kafka.consumer.fetch.manager.records.lag.max", feed, OverlayFeed::lag)
                .description("Of a client of Kafka: fetch-manager-records-lag-max")
                .tag("client_id", "millrace-overlay")
                .strongReference(true)
                .register(registry);
        feed.start();
    }

    /** Whether open windows are known. */
    public boolean isReady() {
        return feed.isCaughtUp();
    }

    @Override
    public void close() {
        feed.close();
    }

    private void answer(RoutingContext context) {
        if (!feed.isCaughtUp()) {
            throw Problem.unavailable("open windows are still being read");
        }
        MetricQuery query = MetricQuery.parse(Replies.query(context), clock.instant());
        metrics.answer(Access.projectOf(context), query, clock.instant())
                .onSuccess(body -> Replies.json(context, 200, body))
                .onFailure(context::fail);
    }
}
