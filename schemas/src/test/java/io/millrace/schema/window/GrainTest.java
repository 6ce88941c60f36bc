package io.millrace.schema.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GrainTest {
    @ParameterizedTest
    @CsvSource({
        "TEN_SECONDS, 2026-11-20T23:36:09Z, 2026-11-20T23:36:00Z",
        "TEN_SECONDS, 2026-11-20T23:36:10Z, 2026-11-20T23:36:10Z",
        "TEN_SECONDS, 1969-12-31T23:59:59Z, 1969-12-31T23:59:50Z",
        "MINUTE, 2026-11-20T23:36:59Z, 2026-11-20T23:36:00Z",
        "MINUTE, 2026-11-20T23:37:00Z, 2026-11-20T23:37:00Z",
        "HOUR, 2026-11-20T23:36:59Z, 2026-11-20T23:00:00Z",
        "DAY, 2026-11-20T23:59:59Z, 2026-11-20T00:00:00Z",
        "DAY, 2024-02-29T12:00:00Z, 2024-02-29T00:00:00Z",
        "DAY, 1969-12-31T00:00:01Z, 1969-12-31T00:00:00Z"
    })
    void aSecondIsInTheWindowThatStartsAtOrBeforeIt(Grain grain, Instant second, Instant start) {
        assertThat(grain.floor(second.getEpochSecond())).isEqualTo(start.getEpochSecond());
    }

    @Test
    void eachGrainIsMadeOfWholeWindowsOfTheFiner() {
        assertThat(Grain.TEN_SECONDS.finer()).isNull();
        assertThat(Grain.MINUTE.finer()).isEqualTo(Grain.TEN_SECONDS);
        assertThat(Grain.HOUR.finer()).isEqualTo(Grain.MINUTE);
        assertThat(Grain.DAY.finer()).isEqualTo(Grain.HOUR);
        assertThat(Grain.DAY.coarser()).isNull();
        for (Grain grain : Grain.values()) {
            Grain coarser = grain.coarser();
            if (coarser != null) {
                assertThat(coarser.finer()).isEqualTo(grain);
                assertThat(coarser.seconds() % grain.seconds()).isZero();
                assertThat(coarser.kept()).isGreaterThan(grain.kept());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TEN_SECONDS, 10s, 10, rollup_10s, 2",
        "MINUTE, 1m, 60, rollup_1m, 30",
        "HOUR, 1h, 3600, rollup_1h, 400",
        "DAY, 1d, 86400, rollup_1d, 36500"
    })
    void isNamedAndKeptAsPromised(Grain grain, String label, int seconds, String table, long days) {
        assertThat(grain.label()).isEqualTo(label);
        assertThat(grain.seconds()).isEqualTo(seconds);
        assertThat(grain.table()).isEqualTo(table);
        assertThat(grain.kept()).hasDays(days);
    }

    @ParameterizedTest
    @CsvSource({
        "TEN_SECONDS, 2026-11-20T00:00:00Z, 2026-11-22T23:59:59Z, true",
        "TEN_SECONDS, 2026-11-20T00:00:00Z, 2026-11-23T00:00:00Z, false",
        "TEN_SECONDS, 2026-11-20T23:59:50Z, 2026-11-22T23:59:59Z, true",
        "TEN_SECONDS, 2026-11-20T23:59:50Z, 2026-11-23T00:00:00Z, false",
        "MINUTE, 2026-11-20T12:00:00Z, 2026-12-20T23:59:59Z, true",
        "MINUTE, 2026-11-20T12:00:00Z, 2026-12-21T00:00:00Z, false"
    })
    void theWindowsOfADayGoTogether(Grain grain, Instant start, Instant now, boolean kept) {
        assertThat(grain.keeps(start.getEpochSecond(), now)).isEqualTo(kept);
    }
}
