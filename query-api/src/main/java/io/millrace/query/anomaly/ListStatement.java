package io.millrace.query.anomaly;

import io.millrace.query.http.Times;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Dimension;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;

/**
 * The statement of a page: one keyset step along (onset, id), newest first. An onset never changes, so that an anomaly
 * keeps its place; what is found while somebody turns pages comes before them, or at its place on a later one.
 */
record ListStatement(String sql, List<Object> arguments) {

    /**
     * @param select of rows {@code a} and what was {@code done} to them; ends in a condition on the project, which is
     *     {@code $1}
     */
    static ListStatement of(String select, UUID project, AnomalyFilter filter) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(project);
        StringBuilder sql = new StringBuilder(select);
        filter.state().ifPresent(state -> sql.append(" and ").append(state.condition()));
        filter.least().ifPresent(least -> add(sql, arguments, "a.severity >= ", least.code()));
        filter.measure().ifPresent(measure -> add(sql, arguments, "a.measure = ", measure.code()));
        filter.kind().ifPresent(kind -> add(sql, arguments, "a.kind = ", kind.code()));
        filter.incident().ifPresent(incident -> add(sql, arguments, "a.incident = ", incident));
        filter.dims().forEach((dimension, value) -> add(sql, arguments, valueOf(dimension) + " = ", value));
        add(sql, arguments, "a.onset >= ", utc(filter.range().from()));
        add(sql, arguments, "a.onset < ", utc(filter.range().to()));
        filter.after().ifPresent(cursor -> {
            add(sql, arguments, "(a.onset, a.id) < (", utc(Times.ofNanos(cursor.at())));
            arguments.add(cursor.id());
            sql.append(", $").append(arguments.size()).append(')');
        });
        // One more than asked for tells whether there is a next page.
        sql.append(" order by a.onset desc, a.id desc limit ").append(filter.limit() + 1);
        return new ListStatement(sql.toString(), arguments);
    }

    /** A series' value, wherever its cube has the dimension. */
    private static String valueOf(Dimension dimension) {
        StringJoiner cases = new StringJoiner(" ", "(case a.cube ", " end)");
        for (Cube cube : Cube.values()) {
            int at = cube.dimensions().indexOf(dimension);
            if (at >= 0) {
                cases.add("when " + cube.code() + " then a.dims[" + (at + 1) + "]");
            }
        }
        return cases.toString();
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    private static void add(StringBuilder sql, List<Object> arguments, String condition, Object value) {
        arguments.add(value);
        sql.append(" and ").append(condition).append('$').append(arguments.size());
    }
}
