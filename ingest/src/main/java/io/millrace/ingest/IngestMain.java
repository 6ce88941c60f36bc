package io.millrace.ingest;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.ingest.metric.ProcessMetrics;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The edge as a process of its own, configured by the environment. */
public final class IngestMain {
    private static final Logger LOGGER = LoggerFactory.getLogger(IngestMain.class);

    private IngestMain() {}

    /** Starts, and stops in order on SIGTERM. A setting that is wrong ends the process with its name and status 2. */
    public static void main(String[] arguments) {
        try {
            run(IngestSettings.read(System.getenv()));
        } catch (RuntimeException wrong) {
            LOGGER.atError().addKeyValue("reason", wrong.getMessage()).log("edge cannot start");
            System.exit(2);
        }
    }

    private static void run(IngestConfig config) {
        PrometheusMeterRegistry registry = ProcessMetrics.into(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        Vertx vertx = EdgeTransport.vertx(new VertxOptions()).build();
        Ingest ingest = Ingest.start(vertx, config, registry, Clock.systemUTC())
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(vertx, ingest, config), "ingest-stop"));
    }

    private static void stop(Vertx vertx, Ingest ingest, IngestConfig config) {
        ingest.close()
                .eventually(vertx::close)
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(Ingest.closeMillis(config), TimeUnit.MILLISECONDS)
                .exceptionally(late -> {
                    LOGGER.atWarn().addKeyValue("reason", late.toString()).log("edge did not stop in order");
                    return null;
                })
                .join();
    }
}
