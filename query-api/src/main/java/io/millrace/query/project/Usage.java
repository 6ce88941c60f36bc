package io.millrace.query.project;

import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.UsageEntry;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.UUID;

/**
 * What a project with a quota has sent in a month, by the ledger.
 *
 * @param month in UTC
 */
record Usage(UUID project, YearMonth month, long spans) {
    static YearMonth monthOf(Instant time) {
        return YearMonth.from(time.atZone(ZoneOffset.UTC));
    }

    /** As a number, such as 202611. */
    static int number(YearMonth month) {
        return month.getYear() * 100 + month.getMonthValue();
    }

    /** What the control topic says of it. */
    byte[] controlValue() {
        UsageEntry entry = UsageEntry.newBuilder()
                .setProject(Project.bytes(project))
                .setMonth(number(month))
                .setSpans(spans)
                .build();
        return ControlEntry.newBuilder().setUsage(entry).build().toByteArray();
    }
}
