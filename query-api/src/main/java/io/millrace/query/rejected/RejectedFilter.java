package io.millrace.query.rejected;

import io.millrace.query.http.Cursor;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.TimeRange;
import io.millrace.query.http.Times;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which rejected records a list shows, and from where on.
 *
 * @param withoutProject those that belong to no project, rather than a project's
 * @param range of the received time, in whole milliseconds as rows have it
 * @param after the last item of the page before
 */
record RejectedFilter(boolean withoutProject, TimeRange range, int limit, Optional<Cursor> after, String fingerprint) {
    private static final Set<String> KNOWN =
            Set.of("from", "to", "limit", "cursor", "without_project", Parameters.PROJECT);

    /**
     * @throws Problem for parameters that cannot be used
     */
    static RejectedFilter parse(Map<String, List<String>> query, Instant now) {
        Parameters parameters = Parameters.of(query, KNOWN, Set.of());
        TimeRange range = parameters.range(now, () -> Instant.EPOCH, () -> Times.ofNanos(Long.MAX_VALUE));
        String fingerprint = parameters.withoutPaging();
        return new RejectedFilter(
                parameters.flag("without_project").orElse(false),
                new TimeRange(wholeMillis(range.from()), wholeMillis(range.to())),
                parameters.limit(),
                parameters.text("cursor").map(text -> Cursor.decode(text, fingerprint)),
                fingerprint);
    }

    /** Rounded up, inclusive as exclusive: no row lies in between. */
    private static Instant wholeMillis(Instant time) {
        Instant floor = time.truncatedTo(ChronoUnit.MILLIS);
        return floor.equals(time) ? time : floor.plusMillis(1);
    }
}
