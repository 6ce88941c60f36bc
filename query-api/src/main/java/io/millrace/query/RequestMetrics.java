package io.millrace.query;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Handler;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Times every request by its route, never by its path: the label has as many values as there are routes. */
final class RequestMetrics implements Handler<RoutingContext> {
    private static final Duration[] BUCKETS = {
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
    private final LongSupplier nanoTime;

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    RequestMetrics(MeterRegistry registry, LongSupplier nanoTime) {
        this.registry = registry;
        this.nanoTime = nanoTime;
    }

    @Override
    public void handle(RoutingContext context) {
        long began = nanoTime.getAsLong();
        context.addEndHandler(ended -> Timer.builder("http.server.requests")
                .description("Requests from their headers to the end of their answer")
                .tag("server", "api")
                .tag("method", method(context))
                .tag("route", route(context.currentRoute()))
                .tag("status", Integer.toString(context.response().getStatusCode()))
                .serviceLevelObjectives(BUCKETS)
                .register(registry)
                .record(nanoTime.getAsLong() - began, TimeUnit.NANOSECONDS));
        context.next();
    }

    private static String method(RoutingContext context) {
        String method = context.request().method().name();
        return METHODS.contains(method) ? method : "OTHER";
    }

    private static String route(@Nullable Route route) {
        @Nullable String path = route == null ? null : route.getPath();
        return path == null ? "other" : path;
    }
}
