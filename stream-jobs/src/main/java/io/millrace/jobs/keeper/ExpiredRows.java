package io.millrace.jobs.keeper;

import io.millrace.jobs.keeper.Chore.DeleteRejected;
import io.millrace.jobs.keeper.Chore.DeleteRows;
import io.millrace.schema.window.Cube;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Deletes a project's rows of days that are over, a batch at a time. Whoever reads or writes other rows does not notice; a
 * row that somebody has just rewritten is left to the next batch. In tables with a partition for each day that goes day by
 * day, since a row's place is one within its partition.
 */
final class ExpiredRows {
    private static final String CUBES = Arrays.stream(Cube.values())
            .map(cube -> Integer.toString(cube.code()))
            .collect(Collectors.joining(",", "'{", "}'::int2[]"));
    private static final String JOINT = "cube = " + Cube.JOINT.code();

    private static final String OLDEST = "select day from %s where project = ? and day < ? limit 1";
    private static final String OLDEST_JOINT = "select window_start::date as day from rollup_1m where project = ? and "
            + JOINT + " and window_start < ?::date limit 1";

    private static final String OF_A_DAY = counted("""
              delete from %1$s where day = ? and ctid = any (array(
                select ctid from %1$s where project = ? and day = ? limit ?))
              returning 1""");

    /**
     * What the ledger does not count yet is left to it, and nothing is deleted of a day while windows of it wait to be
     * computed. What goes is booked in the same transaction.
     */
    private static final String FACTS = """
            with gone as (
              delete from facts where day = ? and ctid = any (array(
                select f.ctid from facts f left join ledger_progress p on p.partition = f.source_partition
                where f.project = ? and f.day = ?
                  and (f.source_offset < p.next_offset or f.received_at < now() - interval '1 day')
                  and not exists (select from dirty_windows d
                                  where d.project = f.project and d.window_start >= f.day and d.window_start < f.day + 1)
                limit ?))
              returning project, day, received_at, source_partition, source_offset),
            booked as (
              insert into ledger_expired as old (project, minute, spans)
              select g.project, date_trunc('minute', g.received_at), count(*)
              from gone g join ledger_progress p on p.partition = g.source_partition
              where g.source_offset < p.next_offset group by 1, 2
              on conflict (project, minute) do update set spans = old.spans + excluded.spans),
            marked as (
              insert into expired_days (project, day) select distinct project, day from gone on conflict do nothing)
            select count(*) from gone""";

    private static final String JOINT_OF_A_DAY = counted("""
              delete from rollup_1m where window_start >= ?::date and window_start < ?::date + 1 and ctid = any (array(
                select ctid from rollup_1m where project = ? and %s
                  and window_start >= ?::date and window_start < ?::date + 1 limit ?))
              returning 1""".formatted(JOINT));

    private static final String BEFORE = counted("""
              delete from %1$s where ctid = any (array(select ctid from %1$s where project = ? and %2$s < ? limit ?))
              returning 1""");

    /** An anomaly goes with what people did about it, once it is over. */
    private static final String ANOMALIES = """
            with old as materialized (
              select project, id from anomalies where project = ? and onset < ? and state <> 0 limit ?),
            acts as (
              delete from anomaly_actions a using old where a.project = old.project and a.anomaly = old.id),
            gone as (
              delete from anomalies a using old where a.project = old.project and a.id = old.id returning 1)
            select count(*) from gone""";

    private static final String REJECTED = counted("""
              delete from rejected where ctid = any (array(
                select ctid from rejected where rejected_at < ? limit ?))
              returning 1""");

    private final int batch;

    /**
     * @param batch most rows that one call deletes
     */
    ExpiredRows(int batch) {
        this.batch = batch;
    }

    /** Deletes up to a batch; returns how many rows that were. */
    int delete(Connection connection, DeleteRows chore) throws SQLException {
        return switch (chore.rows()) {
            case TRACES -> ofOldestDay(connection, chore, "traces", OF_A_DAY.formatted("traces"));
            case BODIES -> ofOldestDay(connection, chore, "bodies", OF_A_DAY.formatted("bodies"));
            case FACTS -> ofOldestDay(connection, chore, "facts", FACTS);
            case JOINT_MINUTES -> ofOldestJointDay(connection, chore);
            case HOURS ->
                before(connection, chore, BEFORE.formatted("rollup_1h", "cube = any (" + CUBES + ") and window_start"));
            case ANOMALIES -> before(connection, chore, ANOMALIES);
            case LEDGER -> before(connection, chore, BEFORE.formatted("ledger", "minute"));
            case EXPIRED_LEDGER -> before(connection, chore, BEFORE.formatted("ledger_expired", "minute"));
            case EXPIRED_DAYS -> before(connection, chore, BEFORE.formatted("expired_days", "day"));
        };
    }

    /** Deletes up to a batch; returns how many rows that were. */
    int delete(Connection connection, DeleteRejected chore) throws SQLException {
        return execute(connection, REJECTED, chore.firstKept(), batch);
    }

    private int ofOldestDay(Connection connection, DeleteRows chore, String table, String sql) throws SQLException {
        Optional<LocalDate> oldest = oldest(connection, chore, OLDEST.formatted(table));
        if (oldest.isEmpty()) {
            return 0;
        }
        LocalDate day = oldest.get();
        return execute(connection, sql, day, chore.project(), day, batch);
    }

    private int ofOldestJointDay(Connection connection, DeleteRows chore) throws SQLException {
        Optional<LocalDate> oldest = oldest(connection, chore, OLDEST_JOINT);
        if (oldest.isEmpty()) {
            return 0;
        }
        LocalDate day = oldest.get();
        return execute(connection, JOINT_OF_A_DAY, day, day, chore.project(), day, day, batch);
    }

    /** Partitions are looked at in the order of their days, so the first row that is found is of the oldest. */
    private static Optional<LocalDate> oldest(Connection connection, DeleteRows chore, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            UUID project = chore.project();
            statement.setObject(1, project);
            statement.setObject(2, chore.firstKept());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getObject("day", LocalDate.class)) : Optional.empty();
            }
        }
    }

    private int before(Connection connection, DeleteRows chore, String sql) throws SQLException {
        return execute(connection, sql, chore.project(), chore.firstKept(), batch);
    }

    private static int execute(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    private static String counted(String delete) {
        return "with gone as (" + delete + ") select count(*) from gone";
    }
}
