package io.millrace.query.trace;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The statement of a page: one keyset step along (start, id), newest first. New traces come before every page that was
 * given out; a trace whose earlier spans arrive late moves to a later page, so that none is ever missed.
 */
record ListStatement(String sql, List<Object> arguments) {
    private static final String CALLS_MODEL =
            "exists (select from facts f where f.project = t.project and f.trace_id = t.trace_id"
                    + " and coalesce(f.response_model, f.request_model) = ";

    /**
     * @param select ends in a condition on the project, which is {@code $1}
     */
    static ListStatement of(String select, UUID project, TraceFilter filter) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(project);
        StringBuilder sql = new StringBuilder(select);
        filter.texts().forEach((column, value) -> add(sql, arguments, column + " = ", value));
        filter.error().ifPresent(error -> sql.append(error ? " and status = 2" : " and status <> 2"));
        filter.minDurationNanos().ifPresent(nanos -> add(sql, arguments, "end_nanos - start_nanos >= ", nanos));
        filter.minCostPico().ifPresent(pico -> add(sql, arguments, "cost_pico_usd >= ", new BigDecimal(pico)));
        add(sql, arguments, "start_nanos >= ", filter.fromNanos());
        add(sql, arguments, "start_nanos < ", filter.toNanos());
        filter.model().ifPresent(model -> {
            add(sql, arguments, CALLS_MODEL, model);
            sql.append(')');
        });
        filter.after().ifPresent(cursor -> {
            add(sql, arguments, "(start_nanos, trace_id) < (", cursor.at());
            arguments.add(cursor.id());
            sql.append(", $").append(arguments.size()).append(')');
        });
        // One more than asked for tells whether there is a next page.
        sql.append(" order by start_nanos desc, trace_id desc limit ").append(filter.limit() + 1);
        return new ListStatement(sql.toString(), arguments);
    }

    private static void add(StringBuilder sql, List<Object> arguments, String condition, Object value) {
        arguments.add(value);
        sql.append(" and ").append(condition).append('$').append(arguments.size());
    }
}
