package io.millrace.jobs.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.keeper.Chore.DayTable;
import io.millrace.jobs.keeper.Chore.DeleteRejected;
import io.millrace.jobs.keeper.Chore.DeleteRows;
import io.millrace.jobs.keeper.Chore.DropDay;
import io.millrace.jobs.keeper.Chore.Rows;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpiryTest {
    private static final Instant NOW = Instant.parse("2026-11-21T06:00:00Z");
    private static final UUID LONG = new UUID(0, 30);
    private static final UUID SHORT = new UUID(0, 7);

    private static List<Chore> due(Map<UUID, Integer> retention, Instant reached, DropDay... there) {
        return new Expiry(reached, retention).due(List.of(there));
    }

    private static DropDay day(DayTable table, String day) {
        return new DropDay(table, LocalDate.parse(day));
    }

    @ParameterizedTest
    @CsvSource({
        "FACTS, 2026-10-21, 2026-11-20T23:59:59Z, false",
        "FACTS, 2026-10-21, 2026-11-21T00:00:00Z, true",
        "BODIES, 2026-10-20, 2026-11-21T00:00:00Z, true",
        "TRACES, 2026-10-22, 2026-11-21T23:59:59Z, false",
        "TEN_SECONDS, 2026-11-18, 2026-11-20T23:59:59Z, false",
        "TEN_SECONDS, 2026-11-18, 2026-11-21T00:00:00Z, true",
        "MINUTES, 2026-10-21, 2026-11-20T23:59:59Z, false",
        "MINUTES, 2026-10-21, 2026-11-21T00:00:00Z, true"
    })
    void aDayGoesWhenItsLastMomentHasBeenKeptLongEnough(DayTable table, String day, Instant reached, boolean goes) {
        List<Chore> due = due(Map.of(LONG, 30), reached, day(table, day));

        assertThat(due.contains(day(table, day))).isEqualTo(goes);
    }

    @Test
    void spansDaysFollowTheLongestRetentionAndWindowsTheirGrain() {
        List<Chore> due = due(
                Map.of(LONG, 90, SHORT, 7),
                NOW,
                day(DayTable.FACTS, "2026-09-01"),
                day(DayTable.MINUTES, "2026-09-01"),
                day(DayTable.TEN_SECONDS, "2026-09-01"));

        assertThat(due)
                .contains(day(DayTable.MINUTES, "2026-09-01"), day(DayTable.TEN_SECONDS, "2026-09-01"))
                .doesNotContain(day(DayTable.FACTS, "2026-09-01"));
    }

    @Test
    void theOldestDayGoesFirstAndTracesBeforeTheirSpans() {
        List<Chore> due = due(
                Map.of(LONG, 30),
                NOW,
                day(DayTable.FACTS, "2026-10-02"),
                day(DayTable.FACTS, "2026-10-01"),
                day(DayTable.TRACES, "2026-10-01"),
                day(DayTable.BODIES, "2026-10-01"));

        assertThat(due)
                .startsWith(
                        day(DayTable.TRACES, "2026-10-01"),
                        day(DayTable.BODIES, "2026-10-01"),
                        day(DayTable.FACTS, "2026-10-01"),
                        day(DayTable.FACTS, "2026-10-02"));
    }

    @Test
    void onlyShorterRetentionsDeleteRowsOfSpans() {
        List<Chore> due = due(Map.of(LONG, 30, SHORT, 7), NOW);

        LocalDate firstKept = LocalDate.parse("2026-11-14");
        assertThat(due.stream()
                        .filter(DeleteRows.class::isInstance)
                        .map(DeleteRows.class::cast)
                        .filter(rows -> rows.rows().compareTo(Rows.FACTS) <= 0))
                .containsExactly(
                        new DeleteRows(Rows.TRACES, SHORT, firstKept),
                        new DeleteRows(Rows.BODIES, SHORT, firstKept),
                        new DeleteRows(Rows.FACTS, SHORT, firstKept));
    }

    @Test
    void windowsAndBooksAreKeptAsLongForEverybody() {
        List<Chore> due = due(Map.of(SHORT, 7), NOW);

        assertThat(due)
                .contains(
                        new DeleteRows(Rows.JOINT_MINUTES, SHORT, LocalDate.parse("2026-11-14")),
                        new DeleteRows(Rows.HOURS, SHORT, LocalDate.parse("2025-10-17")),
                        new DeleteRows(Rows.LEDGER, SHORT, LocalDate.parse("2025-10-17")),
                        new DeleteRows(Rows.EXPIRED_LEDGER, SHORT, LocalDate.parse("2025-10-17")),
                        new DeleteRows(Rows.ANOMALIES, SHORT, LocalDate.parse("2025-10-17")));
    }

    @Test
    void withoutAnyProjectNoSpansGo() {
        assertThat(due(Map.of(), NOW, day(DayTable.FACTS, "2020-01-01")))
                .containsExactly(new DeleteRejected(LocalDate.parse("2026-11-14")));
    }
}
