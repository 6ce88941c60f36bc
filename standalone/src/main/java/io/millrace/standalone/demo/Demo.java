package io.millrace.standalone.demo;

import io.millrace.standalone.demo.scenario.Application;
import io.millrace.standalone.demo.scenario.IncidentPlan;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The synthetic application while it runs: some 20 traces a second, sent as they happen, until it is closed. */
public final class Demo implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Demo.class);
    /** Fine enough for a live picture, and next to no work. */
    private static final long STEP_MILLIS = 20;

    private static final long STOP_SECONDS = 2;

    private final Clock clock;
    private final Deployments deployments;
    private final Playback playback;
    private final ScheduledExecutorService thread;

    private Demo(SpanExporter exporter, DemoOptions options, Clock clock, Consumer<Map<String, ?>> incidentFile) {
        this.clock = clock;
        IncidentPlan plan = options.plan();
        Instant begun = clock.instant();
        IncidentLog log = new IncidentLog(options.seed(), begun, plan.incidents(), incidentFile);
        AcknowledgementWatch watch = new AcknowledgementWatch(exporter, log, clock);
        this.deployments = new Deployments(Deployments.batching(watch));
        this.playback =
                new Playback(new Application(options.seed(), plan), begun, deployments::tracer, log, watch::watch);
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread worker = new Thread(work, "demo");
            worker.setDaemon(true);
            return worker;
        });
    }

    /**
     * Begins to send.
     *
     * @param ingest where spans are taken
     * @param key a key with the scope {@code ingest}
     * @param incidentFile is told of incidents, the whole content at each change
     */
    public static Demo start(
            URI ingest, String key, DemoOptions options, Clock clock, Consumer<Map<String, ?>> incidentFile) {
        Demo demo = new Demo(Deployments.otlp(ingest, key), options, clock, incidentFile);
        demo.thread.scheduleWithFixedDelay(demo::step, 0, STEP_MILLIS, TimeUnit.MILLISECONDS);
        return demo;
    }

    private void step() {
        try {
            playback.advance(clock.instant());
        } catch (RuntimeException e) {
            // An exception would end the schedule, and with it all traffic, without a word.
            LOGGER.atWarn().setCause(e).log("the demo missed a step");
        }
    }

    /** Ends what is under way, and sends it. */
    @Override
    public void close() throws InterruptedException {
        thread.shutdown();
        if (thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            playback.stop(clock.instant());
        }
        deployments.close();
    }
}
