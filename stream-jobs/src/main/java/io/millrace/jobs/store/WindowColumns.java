package io.millrace.jobs.store;

import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.window.WindowValue;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Makes a value of a row of any of the rollup tables. */
public final class WindowColumns {
    /** What {@link #value} and {@link #dims} need, for a select. */
    public static final String NAMES = WindowTable.COLUMNS;

    private static final byte[] NONE = {};

    private WindowColumns() {}

    /** The value of the row under the cursor. */
    public static WindowValue value(ResultSet row) throws SQLException {
        BigDecimal cost = row.getBigDecimal("cost_pico_usd");
        WindowValue.Builder value = WindowValue.builder()
                .spans(row.getLong("spans"))
                .errors(row.getLong("errors"))
                .requests(row.getLong("requests"))
                .requestErrors(row.getLong("request_errors"))
                .traces(row.getLong("traces"))
                .counted(row.getLong("counted"))
                .unpriced(row.getLong("unpriced"))
                .costPico(cost.toBigIntegerExact())
                .latency(bytes(row, "latency"))
                .timeToFirstToken(bytes(row, "time_to_first_token"))
                .tokensPerSecond(bytes(row, "tokens_per_second"))
                .traceCost(bytes(row, "trace_cost"));
        for (UsageBucket bucket : UsageBucket.values()) {
            value.tokens(bucket, row.getLong(bucket.label()));
        }
        return value.build();
    }

    /** The series of the row under the cursor. */
    public static List<String> dims(ResultSet row) throws SQLException {
        return FactColumns.texts(row, "dims");
    }

    private static byte[] bytes(ResultSet row, String column) throws SQLException {
        byte[] value = row.getBytes(column);
        return value == null ? NONE : value;
    }
}
