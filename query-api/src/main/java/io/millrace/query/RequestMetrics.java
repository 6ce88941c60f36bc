package io.millrace.query;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Handler;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Times every request by its route, never by its path: the label has as many values as there are routes. */
final class RequestMetrics implements Handler<RoutingContext> {
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
        context.addEndHandler(ended -> Timer.builder("millrace.query.request")
                .description("Requests to the query API")
                .tag("route", route(context.currentRoute()))
                .tag("status", Integer.toString(context.response().getStatusCode()))
                .register(registry)
                .record(nanoTime.getAsLong() - began, TimeUnit.NANOSECONDS));
        context.next();
    }

    private static String route(@Nullable Route route) {
        @Nullable String path = route == null ? null : route.getPath();
        return path == null ? "other" : path;
    }
}
