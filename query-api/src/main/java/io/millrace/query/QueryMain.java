package io.millrace.query;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API as a process of its own, set up by environment variables. */
public final class QueryMain {
    private static final Logger LOGGER = LoggerFactory.getLogger(QueryMain.class);
    private static final long STOP_SECONDS = 15;

    private QueryMain() {}

    public static void main(String[] arguments) throws Exception {
        QueryConfig config;
        try {
            config = QueryConfig.from(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        PrometheusMeterRegistry registry = ProcessMetrics.into(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        // Of pools only: requests are timed by route, which Vert.x does not know.
        Vertx vertx = Vertx.builder()
                .with(new VertxOptions()
                        .setMetricsOptions(new MicrometerMetricsOptions()
                                .setEnabled(true)
                                .setDisabledMetricsCategories(Arrays.stream(MetricsDomain.values())
                                        .filter(domain -> domain != MetricsDomain.NAMED_POOLS)
                                        .map(MetricsDomain::toCategory)
                                        .collect(Collectors.toSet()))))
                .withMetrics(new MicrometerMetricsFactory(registry))
                .build();
        Query query = Query.start(vertx, config, registry)
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        LOGGER.atInfo().addKeyValue("port", query.port()).log("query API ready");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(vertx, query)));
    }

    private static void stop(Vertx vertx, Query query) {
        try {
            query.close()
                    .transform(closed -> vertx.close())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            LOGGER.atWarn().setCause(e).log("not stopped in order");
        }
    }
}
