package io.millrace.query.trace;

import io.millrace.query.http.Cursor;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.TimeRange;
import io.millrace.query.http.Times;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which traces a list shows, and from where on.
 *
 * @param texts the columns that must equal a text
 * @param error whether the trace must (or must not) have failed
 * @param model a model that one of the trace's spans must have called
 * @param fromNanos the earliest start, inclusive
 * @param toNanos the latest start, exclusive
 * @param after the last item of the page before
 */
record TraceFilter(
        Map<String, String> texts,
        Optional<Boolean> error,
        Optional<String> model,
        Optional<Long> minDurationNanos,
        Optional<BigInteger> minCostPico,
        long fromNanos,
        long toNanos,
        int limit,
        Optional<Cursor> after,
        String fingerprint) {

    private static final Set<String> TEXTS = Set.of("name", "user_id", "session_id", "environment");
    private static final Set<String> KNOWN = Set.of(
            "name",
            "user_id",
            "session_id",
            "environment",
            "status",
            "model",
            "min_duration_ms",
            "min_cost_usd",
            "from",
            "to",
            "limit",
            "cursor",
            Parameters.PROJECT);
    private static final Set<String> NOT_AVAILABLE = Set.of("tag", "grade", "q");
    private static final BigDecimal NANOS_PER_MILLI = BigDecimal.valueOf(1_000_000);
    private static final int PICO_DIGITS = 12;
    private static final BigDecimal MOST_MILLIS = BigDecimal.valueOf(Long.MAX_VALUE / 1_000_000);

    /**
     * @throws Problem for parameters that cannot be used
     */
    static TraceFilter parse(Map<String, List<String>> query, Instant now) {
        Parameters parameters = Parameters.of(query, KNOWN, NOT_AVAILABLE);
        Map<String, String> texts = new TreeMap<>();
        TEXTS.forEach(name -> parameters.text(name).ifPresent(value -> texts.put(name, value)));
        TimeRange range = parameters.range(now, () -> Instant.EPOCH, () -> Times.ofNanos(Long.MAX_VALUE));
        String fingerprint = parameters.withoutPaging();
        return new TraceFilter(
                texts,
                parameters.text("status").map(TraceFilter::isError),
                parameters.text("model"),
                parameters.amount("min_duration_ms").map(TraceFilter::nanos),
                parameters.amount("min_cost_usd").map(TraceFilter::pico),
                Times.nanosOf(range.from()),
                Times.nanosOf(range.to()),
                parameters.limit(),
                parameters.text("cursor").map(text -> Cursor.decode(text, fingerprint)),
                fingerprint);
    }

    static boolean isError(String status) {
        return switch (status) {
            case "error" -> true;
            case "ok" -> false;
            default -> throw Problem.parameter("status", "must be ok or error");
        };
    }

    static long nanos(BigDecimal millis) {
        if (millis.compareTo(MOST_MILLIS) > 0) {
            throw Problem.parameter("min_duration_ms", "is longer than any trace");
        }
        return millis.multiply(NANOS_PER_MILLI)
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }

    /** Rounded up: a cost that reaches the amount is a whole number of pico-dollars that does. */
    static BigInteger pico(BigDecimal usd) {
        return usd.movePointRight(PICO_DIGITS).setScale(0, RoundingMode.CEILING).toBigIntegerExact();
    }
}
