package io.millrace.standalone;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.jobs.keeper.Audit;
import io.millrace.jobs.keeper.Audit.Findings;
import io.millrace.jobs.keeper.Keeper;
import java.util.function.ToDoubleFunction;

/** Shows what runs beside the jobs: the keeper, and what the audit found last. */
final class JobFigures {
    private static final String ITEMS = "Items received within the last whole minute, as of the ledger's checkpoint";

    private final MeterRegistry registry;

    JobFigures(MeterRegistry registry) {
        this.registry = registry;
    }

    void show(Keeper keeper) {
        Gauge.builder("millrace.keeper.leading", keeper, k -> k.isLeading() ? 1 : 0)
                .description("1 if this process has the keeper that works")
                .strongReference(true)
                .register(registry);
        FunctionCounter.builder("millrace.keeper.rolled.windows", keeper, Keeper::rolled)
                .description("Windows of coarser grains that were computed, each cube's counted")
                .register(registry);
        FunctionCounter.builder("millrace.keeper.recomputed.marks", keeper, Keeper::recomputed)
                .description("Marks of late spans that were answered by computing from facts")
                .register(registry);
        FunctionCounter.builder("millrace.keeper.dropped.partitions", keeper, Keeper::dropped)
                .description("Partitions of days that were dropped, past their retention")
                .register(registry);
        FunctionCounter.builder("millrace.keeper.deleted.rows", keeper, Keeper::deleted)
                .description("Rows past their retention that were deleted, without those of dropped partitions")
                .register(registry);
        FunctionCounter.builder("millrace.keeper.deleted.blobs", keeper, Keeper::deletedBlobs)
                .description("Large payloads and files past their retention that were deleted")
                .register(registry);
    }

    void show(Audit audit) {
        items(audit, "accepted", Findings::accepted);
        items(audit, "stored", Findings::stored);
        items(audit, "merged", Findings::merged);
        items(audit, "duplicate", Findings::duplicate);
        items(audit, "quarantined", Findings::quarantined);
        gauge(
                audit,
                "millrace.ledger.balanced",
                "1 if rows and counters agree for every project",
                found -> found.unbalanced() == 0 ? 1 : 0);
        gauge(
                audit,
                "millrace.ledger.unbalanced.projects",
                "Projects of which rows and counters differ",
                Findings::unbalanced);
        gauge(
                audit,
                "millrace.ledger.lag.seconds",
                "By which the stream time of the ledger is behind the clock",
                Findings::ledgerLagSeconds);
        gauge(
                audit,
                "millrace.keeper.stale.windows",
                "Windows whose coarser ones are to be summed anew",
                Findings::stale);
        gauge(
                audit,
                "millrace.keeper.dirty.windows",
                "Windows with late spans that are to be computed from facts",
                Findings::dirty);
        gauge(
                audit,
                "millrace.keeper.lag.seconds",
                "Since the longest waiting window with late spans was marked",
                Findings::oldestDirtySeconds);
    }

    private void items(Audit audit, String outcome, ToDoubleFunction<Findings> value) {
        Gauge.builder("millrace.ledger.items", audit, source -> value.applyAsDouble(source.findings()))
                .description(ITEMS)
                .tag("outcome", outcome)
                .strongReference(true)
                .register(registry);
    }

    private void gauge(Audit audit, String name, String description, ToDoubleFunction<Findings> value) {
        Gauge.builder(name, audit, source -> value.applyAsDouble(source.findings()))
                .description(description)
                .strongReference(true)
                .register(registry);
    }
}
