package io.millrace.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.clients.ClientReport;
import io.millrace.clients.ClientsMissing;
import io.millrace.clients.ModelServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.opentest4j.TestAbortedException;

/**
 * A client that sends to a project of its own, and what came of it.
 *
 * @param at before it began
 * @param report or why there is none
 */
record ClientRun(String name, AgentShape shape, Tenant tenant, Instant at, CompletableFuture<ClientReport> report) {
    private static final Duration AROUND = Duration.ofMinutes(1);

    static ClientRun of(String name) {
        Tenant tenant = Tenant.of(SharedStack.stack(), name);
        return new ClientRun(name, AgentShape.of(name), tenant, Instant.now(), new CompletableFuture<>());
    }

    @Override
    public String toString() {
        return name;
    }

    /** Runs it when the edge has heard of its key. */
    void by(Supplier<ClientReport> client) {
        try {
            tenant.sendOnceKnown(tenant.otlpJson("{\"resourceSpans\":[]}"));
            report.complete(client.get());
        } catch (RuntimeException | AssertionError e) {
            report.completeExceptionally(e);
        }
    }

    /** What the client said; skips the test where it cannot be run. */
    ClientReport told() {
        try {
            return report.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ClientsMissing missing) {
                throw new TestAbortedException(missing.getMessage(), missing);
            }
            throw e;
        }
    }

    JsonNode total(String measures) {
        return tenant.total(measures, at.minus(AROUND), Instant.now().plus(AROUND));
    }

    /** A measure by group, where it is not zero. */
    Map<String, Long> totalsBy(String groupBy, String measure) {
        Map<String, Long> totals = new TreeMap<>();
        tenant.totalsBy(groupBy, measure, at.minus(AROUND), Instant.now().plus(AROUND))
                .forEach((group, point) -> {
                    if (point.required(measure).longValue() != 0) {
                        totals.put(group, point.required(measure).longValue());
                    }
                });
        return totals;
    }

    /** A line of a table for people who want to know what was tried. */
    String row(ModelServer model) {
        try {
            ClientReport told = told();
            JsonNode total = total("input_tokens,output_tokens");
            long calls = model.calls(name);
            return "| %s | %s %s | %d | %d | %d in, %d out | %s in, %s out | %d |"
                    .formatted(
                            name,
                            told.client(),
                            told.version(),
                            told.spans(),
                            tenant.ledger().required("stored").longValue(),
                            calls * ModelServer.IN_OF_A_CALL,
                            calls * ModelServer.OUT_OF_A_CALL,
                            total.path("input_tokens").asText(),
                            total.path("output_tokens").asText(),
                            told.complaints().size());
        } catch (TestAbortedException e) {
            return "| %s | SKIPPED: %s |".formatted(name, e.getMessage());
        } catch (RuntimeException | AssertionError e) {
            return "| %s | FAILED |".formatted(name);
        }
    }
}
