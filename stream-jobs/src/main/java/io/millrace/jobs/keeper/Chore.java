package io.millrace.jobs.keeper;

import io.millrace.schema.window.Grain;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Something that retention has to do, and that may be given up and done again later. */
sealed interface Chore {

    /** A table with one partition for each day; a trace goes before its spans, so that none is shown without them. */
    enum DayTable {
        TRACES("traces", null),
        BODIES("bodies", null),
        FACTS("facts", null),
        TEN_SECONDS(Grain.TEN_SECONDS.table(), Grain.TEN_SECONDS),
        MINUTES(Grain.MINUTE.table(), Grain.MINUTE);

        private final String table;
        private final @Nullable Grain grain;

        DayTable(String table, @Nullable Grain grain) {
            this.table = table;
            this.grain = grain;
        }

        String table() {
            return table;
        }

        /** The grain of its windows, which are kept as long as that says; none if it is kept as long as spans are. */
        @Nullable
        Grain grain() {
            return grain;
        }
    }

    /** Rows that are deleted one by one. */
    enum Rows {
        TRACES,
        BODIES,
        FACTS,
        JOINT_MINUTES,
        HOURS,
        ANOMALIES,
        /** Counters, and what was booked as expired of them. */
        LEDGER,
        EXPIRED_LEDGER,
        EXPIRED_DAYS
    }

    /** The partition of a day is dropped as a whole. */
    record DropDay(DayTable table, LocalDate day) implements Chore {}

    /**
     * A project's rows of all earlier days are deleted, in batches.
     *
     * @param firstKept the first day (UTC) that stays
     */
    record DeleteRows(Rows rows, UUID project, LocalDate firstKept) implements Chore {}

    /**
     * A project's blobs of all earlier days are deleted, some at a time.
     *
     * @param firstKept the first day (UTC) that stays
     */
    record DeleteBlobs(UUID project, LocalDate firstKept) implements Chore {}

    /**
     * What was told of rejected records on all earlier days goes, in batches; some of them belong to no project.
     *
     * @param firstKept the first day (UTC) that stays
     */
    record DeleteRejected(LocalDate firstKept) implements Chore {}
}
