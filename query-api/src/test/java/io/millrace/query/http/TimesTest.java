package io.millrace.query.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00.5Z");

    @ParameterizedTest
    @CsvSource({
        "2026-11-20T10:00:00Z,                2026-11-20T10:00:00Z",
        "2026-11-20t10:00:00.123456789z,      2026-11-20T10:00:00.123456789Z",
        "2026-11-20T11:30:00+01:30,           2026-11-20T10:00:00Z",
        "2026-11-20T11:30:00 01:30,           2026-11-20T10:00:00Z",
        "2026-11-20T09:00:00-01:00,           2026-11-20T10:00:00Z",
        "now,                                 2026-11-20T10:00:00.5Z",
        "now-90s,                             2026-11-20T09:58:30.5Z",
        "now-15m,                             2026-11-20T09:45:00.5Z",
        "now-1h,                              2026-11-20T09:00:00.5Z",
        "now-7d,                              2026-11-13T10:00:00.5Z",
        "now-2w,                              2026-11-06T10:00:00.5Z",
        "now+1h,                              2026-11-20T11:00:00.5Z",
        "1970-01-01T00:00:00Z,                1970-01-01T00:00:00Z"
    })
    void readsAbsoluteAndRelativeTimes(String text, Instant expected) {
        assertThat(Times.parse(text, NOW)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-11-20",
                "2026-11-20T10:00Z",
                "2026-11-20T10:00:00",
                "2026-11-20 10:00:00Z",
                "2026-02-30T10:00:00Z",
                "2026-11-20T25:00:00Z",
                "2026-11-20T10:00:60Z",
                "2026-11-20T10:00:00.1234567891Z",
                "2026-11-20T10:00:00+99:00",
                "1969-12-31T23:59:59Z",
                "2262-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z",
                "now-1y",
                "now -1h",
                "now-",
                "NOW",
                "now-9999999999s",
                "now-999999999w",
                "1763632800"
            })
    void readsNothingElse(String text) {
        assertThat(Times.parse(text, NOW)).isEmpty();
    }

    @Test
    void writesNanosecondsThatAreThere() {
        assertThat(Times.formatNanos(1_763_632_800_000_000_000L)).isEqualTo("2025-11-20T10:00:00Z");
        assertThat(Times.formatNanos(1_763_632_800_000_000_001L)).isEqualTo("2025-11-20T10:00:00.000000001Z");
        assertThat(Times.formatNanos(1_763_632_800_120_000_000L)).isEqualTo("2025-11-20T10:00:00.120Z");
    }

    @Test
    void keepsEveryNanosecond() {
        Instant instant = Instant.parse("2026-11-20T10:00:00.123456789Z");

        assertThat(Times.ofNanos(Times.nanosOf(instant))).isEqualTo(instant);
    }
}
