package io.millrace.query.metric;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.query.auth.Access;
import io.millrace.query.auth.Scope;
import io.millrace.query.db.Database;
import io.millrace.query.http.Problem;
import io.millrace.query.http.Replies;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;

/** {@code /v1/metrics}, and the feed of open windows that it needs. */
public final class MetricRoutes implements AutoCloseable {
    private static final long MAX_OVERLAY_BYTES = 128L << 20;
    private static final long FORGET_EVERY_MILLIS = 2_000;

    private final Access access;
    private final Clock clock;
    private final Overlay overlay = new Overlay(MAX_OVERLAY_BYTES);
    private final OverlayFeed feed;
    private final MetricStore store;
    private final Metrics metrics;
    private final Vertx vertx;
    private long timer = -1;

    public MetricRoutes(
            Vertx vertx, Database database, Access access, Supplier<Consumer<byte[], byte[]>> consumers, Clock clock) {
        this.vertx = vertx;
        this.access = access;
        this.clock = clock;
        this.store = new MetricStore(database);
        this.feed = new OverlayFeed(consumers, overlay, clock);
        this.metrics = new Metrics(store, overlay);
    }

    public void mount(Router router) {
        router.get("/v1/metrics").handler(access.requiring(Scope.READ)).handler(this::answer);
    }

    /** Begins to follow open windows. */
    public void start(MeterRegistry registry) {
        registry.gauge("millrace.overlay.bytes", overlay, Overlay::bytes);
        registry.more().counter("millrace.overlay.dropped", List.of(), overlay, Overlay::dropped);
        feed.start();
        timer = vertx.setPeriodic(
                FORGET_EVERY_MILLIS,
                id -> store.streamTime()
                        .onSuccess(until -> until.ifPresent(time -> overlay.storedUntil(time.getEpochSecond()))));
    }

    /** Whether open windows are known. */
    public boolean isReady() {
        return feed.isCaughtUp();
    }

    @Override
    public void close() {
        vertx.cancelTimer(timer);
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
