package io.millrace.jobs.log;

import io.millrace.jobs.store.Store;
import org.apache.flink.metrics.MetricGroup;

/** What an operator's store does, among the operator's figures in the group {@code millrace}. */
public final class StoreFigures {
    private StoreFigures() {}

    /**
     * Shows them for as long as the operator's task runs.
     *
     * @param tables that the operator writes
     */
    public static void show(MetricGroup operator, Store store, String... tables) {
        MetricGroup own = operator.addGroup("millrace");
        own.gauge("store_waiting", store::waiting);
        own.gauge("store_retries", store::retries);
        for (String table : tables) {
            own.addGroup("table", table).gauge("store_rows", () -> store.rows(table));
        }
    }
}
