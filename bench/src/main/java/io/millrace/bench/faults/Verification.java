package io.millrace.bench.faults;

import io.millrace.bench.load.Cube;
import io.millrace.bench.load.Grain;
import io.millrace.bench.load.Measure;
import io.millrace.bench.load.Table;
import io.millrace.bench.load.Truth;
import io.millrace.bench.stack.ApiClient;
import io.millrace.bench.stack.Ledger;
import io.millrace.bench.stack.TotalsStore;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Holds the generator's account against the tables, and the tables against the API. */
final class Verification {
    private final UUID project;
    private final Truth truth;
    private final TotalsStore store;
    private final ApiClient api;

    Verification(UUID project, Truth truth, TotalsStore store, ApiClient api) {
        this.project = project;
        this.truth = truth;
        this.store = store;
        this.api = api;
    }

    /**
     * Compares everything.
     *
     * @param from before the first span's end
     * @param to after the last one's
     */
    List<Check> run(Instant from, Instant to) throws SQLException, IOException, InterruptedException {
        List<Check> checks = new ArrayList<>(facts());
        for (Grain grain : Grain.values()) {
            Instant start = Instant.ofEpochSecond(grain.floor(from.getEpochSecond()));
            for (Cube cube : Cube.values()) {
                if (grain.keeps(cube)) {
                    Table rows = store.rollups(project, grain, cube);
                    String name = grain.table() + " by " + cube.name().toLowerCase(Locale.ROOT);
                    checks.add(Check.tables(name, truth.table(grain, cube), rows));
                    checks.add(Check.tables(
                            "/v1/metrics, against " + name,
                            rows.view(ApiClient.MEASURES, Verification::asApi),
                            api.metrics(grain, cube, start, to.plus(Duration.ofSeconds(grain.seconds())))));
                }
            }
        }
        checks.addAll(ledger(api.ledger(from, to)));
        return checks;
    }

    private List<Check> facts() throws SQLException {
        return List.of(
                Check.equal("facts, number", truth.spans(), store.factCount(project)),
                Check.equal("facts, exclusive-or of all span ids", truth.spanIds(), store.spanIds(project)),
                Check.tables(
                        "facts by all dimensions and 10 s",
                        truth.table(Grain.TEN_SECONDS, Cube.JOINT),
                        store.facts(project)));
    }

    private List<Check> ledger(Ledger ledger) {
        return List.of(
                Check.isTrue("/v1/ledger is balanced", ledger.balanced()),
                Check.equal("/v1/ledger, stored", truth.spans(), ledger.stored()),
                Check.equal("/v1/ledger, accepted - duplicate", truth.spans(), ledger.accepted() - ledger.duplicate()),
                Check.equal("/v1/ledger, in flight", 0, ledger.inFlight()),
                Check.equal("/v1/ledger, refused", 0, ledger.refused()),
                Check.equal("/v1/ledger, quarantined and merged", 0, ledger.quarantined() + ledger.merged()));
    }

    /** A row's numbers as the API's measures: each side's buckets in one sum. */
    static long[] asApi(long[] row) {
        return new long[] {
            row[Measure.SPANS.ordinal()],
            row[Measure.ERRORS.ordinal()],
            sum(row, Measure.INPUT, Measure.INPUT_IMAGE),
            sum(row, Measure.OUTPUT, Measure.OUTPUT_IMAGE),
            row[Measure.COST_PICO_USD.ordinal()]
        };
    }

    private static long sum(long[] row, Measure first, Measure last) {
        long sum = 0;
        for (int i = first.ordinal(); i <= last.ordinal(); i++) {
            sum += row[i];
        }
        return sum;
    }
}
