package io.millrace.ingest.limit;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * How many spans a project may send in a month, and how many the ledger has counted.
 *
 * @param spansPerMonth 0 is no limit
 * @param countedMonth in UTC, as 202611; 0 when nothing was counted yet
 * @param counted spans of that month
 */
public record Quota(long spansPerMonth, int countedMonth, long counted) {
    public static final Quota NONE = new Quota(0, 0, 0);

    /** Whether nothing more may come in the month of this moment. What was counted in another month does not matter. */
    public boolean isUsedUp(long nowMillis) {
        return spansPerMonth != 0 && counted >= spansPerMonth && countedMonth == monthOf(nowMillis);
    }

    static int monthOf(long millis) {
        ZonedDateTime time = Instant.ofEpochMilli(millis).atZone(ZoneOffset.UTC);
        return time.getYear() * 100 + time.getMonthValue();
    }

    /** From this moment to the next month. */
    public long nanosToNextMonth(long nowMillis) {
        ZonedDateTime now = Instant.ofEpochMilli(nowMillis).atZone(ZoneOffset.UTC);
        ZonedDateTime next = now.toLocalDate().withDayOfMonth(1).plusMonths(1).atStartOfDay(ZoneOffset.UTC);
        return Duration.between(now, next).toNanos();
    }
}
