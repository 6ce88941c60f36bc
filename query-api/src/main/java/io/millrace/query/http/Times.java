package io.millrace.query.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as the API writes and reads them: RFC 3339 up to nanoseconds, or relative to now. */
public final class Times {
    private static final Pattern RFC_3339 =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})");
    private static final Pattern RELATIVE = Pattern.compile("now(?:([+-])(\\d{1,9})([smhdw]))?");
    private static final Instant LATEST = Instant.parse("2262-01-01T00:00:00Z");

    private Times() {}

    /**
     * Reads a time: {@code 2026-11-20T10:00:00.123456789Z}, {@code 2026-11-20T11:00:00+01:00}, {@code now},
     * {@code now-90s}, {@code now-1h} (units s, m, h, d, w).
     *
     * @return nothing for other text, and for times before 1970 or after 2261, which nanoseconds in a long cannot say
     */
    public static Optional<Instant> parse(String text, Instant now) {
        // A plus sign in a query string that nobody encoded arrives as a space.
        String absolute = text.replace(' ', '+');
        Matcher relative = RELATIVE.matcher(absolute);
        if (relative.matches()) {
            return inRange(relative.group(1) == null ? now : now.plus(offset(relative)));
        }
        if (!RFC_3339.matcher(absolute).matches()) {
            return Optional.empty();
        }
        try {
            return inRange(OffsetDateTime.parse(absolute).toInstant());
        } catch (DateTimeException notInTheCalendar) {
            return Optional.empty();
        }
    }

    /** As RFC 3339 in UTC, with as many digits of the second as are not zero in groups of three. */
    public static String format(Instant instant) {
        return DateTimeFormatter.ISO_INSTANT.format(instant);
    }

    /**
     * @param nanos since the epoch
     */
    public static String formatNanos(long nanos) {
        return format(ofNanos(nanos));
    }

    public static Instant ofNanos(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }

    /**
     * Nanoseconds since the epoch.
     *
     * @throws ArithmeticException beyond 2262, which {@link #parse} never gives
     */
    public static long nanosOf(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    }

    private static Duration offset(Matcher relative) {
        long amount = Long.parseLong(relative.group(2));
        long signed = relative.group(1).equals("-") ? -amount : amount;
        return switch (relative.group(3).charAt(0)) {
            case 's' -> Duration.ofSeconds(signed);
            case 'm' -> Duration.ofMinutes(signed);
            case 'h' -> Duration.ofHours(signed);
            case 'd' -> Duration.ofDays(signed);
            default -> Duration.ofDays(Math.multiplyExact(signed, 7));
        };
    }

    private static Optional<Instant> inRange(Instant instant) {
        return instant.isBefore(Instant.EPOCH) || !instant.isBefore(LATEST) ? Optional.empty() : Optional.of(instant);
    }
}
