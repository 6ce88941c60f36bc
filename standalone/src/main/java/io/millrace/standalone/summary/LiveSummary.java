package io.millrace.standalone.summary;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the API each second and shows what it says, until it is closed. An API that does not answer harms nothing. */
public final class LiveSummary implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(LiveSummary.class);
    private static final long EVERY_SECONDS = 1;
    /** Of the lines, where they are not rewritten. */
    private static final int PRINTED_OF = 10;

    private final ReadApi api;
    private final Terminal terminal;
    private final Anomalies anomalies = new Anomalies();
    private final ScheduledExecutorService thread;
    private boolean anomaliesAvailable = true;

    private LiveSummary(ReadApi api, Terminal terminal) {
        this.api = api;
        this.terminal = terminal;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread worker = new Thread(work, "summary");
            worker.setDaemon(true);
            return worker;
        });
    }

    /**
     * Begins to show.
     *
     * @param key with the scope {@code read}
     * @param terminal whether {@code out} is one, on which a line can be rewritten
     */
    public static LiveSummary start(URI api, String key, PrintStream out, boolean terminal) {
        LiveSummary summary = new LiveSummary(new ReadApi(api, key), new Terminal(out, terminal, PRINTED_OF));
        summary.thread.scheduleWithFixedDelay(summary::look, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
        return summary;
    }

    private void look() {
        try {
            ReadApi.Answer metrics = api.get(Figures.QUERY);
            if (anomaliesAvailable) {
                lookForAnomalies();
            }
            if (metrics.isGood()) {
                String open = anomaliesAvailable ? " | open anomalies " + anomalies.open() : "";
                terminal.show(Figures.of(metrics.body()) + open);
            } else {
                terminal.show("the API answers " + metrics.status());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            LOGGER.debug("no summary", e);
            terminal.show("the API does not answer");
        }
    }

    private void lookForAnomalies() throws IOException, InterruptedException {
        ReadApi.Answer answer = api.get(Anomalies.QUERY);
        anomaliesAvailable = !answer.isNotAvailable();
        if (answer.isGood()) {
            anomalies.told(answer.body()).forEach(terminal::say);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        terminal.end();
    }
}
