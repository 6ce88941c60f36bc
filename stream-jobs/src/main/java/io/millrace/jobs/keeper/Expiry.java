package io.millrace.jobs.keeper;

import io.millrace.jobs.keeper.Chore.DeleteBlobs;
import io.millrace.jobs.keeper.Chore.DeleteRejected;
import io.millrace.jobs.keeper.Chore.DeleteRows;
import io.millrace.jobs.keeper.Chore.DropDay;
import io.millrace.jobs.keeper.Chore.Rows;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * Decides what is due to go. Days (UTC) go as a whole, when their last moment has been kept long enough: spans' days by
 * the longest retention of any project, windows' days by their grain. Of projects with a shorter retention the rows are
 * deleted from days that are still there.
 */
final class Expiry {
    /** Counters, anomalies, and what people did about them. */
    private static final Duration BOOKS_KEPT = Duration.ofDays(400);
    /** As long as the log has what could be replayed. */
    private static final int REJECTED_KEPT_DAYS = 7;
    /** Longer than any retention may be: no span of such a day is taken any more. */
    private static final int LONGEST_RETENTION_DAYS = 3_651;

    /** A part that does not know its span's end has blobs of the day of its start; the span goes by its end, past midnight. */
    private static final int BLOBS_OUTLIVE_DAYS = 1;

    private static final Comparator<DropDay> OLDEST_FIRST =
            Comparator.comparing(DropDay::day).thenComparing(DropDay::table);

    private final LocalDate today;
    private final Map<UUID, Integer> retentionDays;
    private final OptionalInt longest;

    /**
     * @param reached what the clock and the stream have both reached: what the stream has yet to write is not late
     * @param retentionDays of each project
     */
    Expiry(Instant reached, Map<UUID, Integer> retentionDays) {
        this.today = LocalDate.ofInstant(reached, ZoneOffset.UTC);
        this.retentionDays = retentionDays;
        this.longest = retentionDays.values().stream().mapToInt(days -> days).max();
    }

    /** What is due of these partitions, of each project's rows, and of nobody's; days first, oldest first. */
    List<Chore> due(Collection<DropDay> there) {
        List<Chore> due = new ArrayList<>();
        there.stream().filter(this::isOver).sorted(OLDEST_FIRST).forEach(due::add);
        retentionDays.forEach((project, days) -> {
            if (days < longest.orElse(0)) {
                for (Rows rows : List.of(Rows.TRACES, Rows.BODIES, Rows.FACTS)) {
                    due.add(new DeleteRows(rows, project, firstKept(days)));
                }
            }
            due.add(new DeleteRows(Rows.JOINT_MINUTES, project, firstKept(Cube.JOINT_KEPT)));
            due.add(new DeleteRows(Rows.HOURS, project, firstKept(Grain.HOUR.kept())));
            for (Rows rows : List.of(Rows.ANOMALIES, Rows.LEDGER, Rows.EXPIRED_LEDGER)) {
                due.add(new DeleteRows(rows, project, firstKept(BOOKS_KEPT)));
            }
            due.add(new DeleteBlobs(project, firstKept(days + BLOBS_OUTLIVE_DAYS)));
            due.add(new DeleteRows(Rows.EXPIRED_DAYS, project, firstKept(LONGEST_RETENTION_DAYS)));
        });
        due.add(new DeleteRejected(firstKept(REJECTED_KEPT_DAYS)));
        return due;
    }

    private boolean isOver(DropDay part) {
        Grain grain = part.table().grain();
        if (grain != null) {
            return part.day().isBefore(firstKept(grain.kept()));
        }
        return longest.isPresent() && part.day().isBefore(firstKept(longest.getAsInt()));
    }

    private LocalDate firstKept(Duration kept) {
        return firstKept(Math.toIntExact(kept.toDays()));
    }

    private LocalDate firstKept(int days) {
        return today.minusDays(days);
    }
}
