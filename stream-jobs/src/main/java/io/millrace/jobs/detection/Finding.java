package io.millrace.jobs.detection;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * An anomaly of one measure of one series, as it stands: one life from the first window that was not normal to its end.
 * Times are stream time in milliseconds since the epoch.
 *
 * @param worst the judgement of the window that was farthest off
 * @param onset start of the first window that was not normal, or when it was seen to begin within a window; of a silence,
 *     when the last span came
 * @param since since when it is as bad as {@code worst} says: the onset, unless a drop became a silence
 * @param firstSeen when it was found
 * @param lastSeen end of the last window that was not normal, or the time of its latest judgement if it is still open
 * @param ended when the series was normal again; 0 while it is not
 */
public record Finding(
        Series series,
        Judgement worst,
        AnomalyState state,
        long onset,
        long since,
        long firstSeen,
        long lastSeen,
        long ended) {

    /**
     * The same for the same facts, whichever attempt finds them: of version 8 (RFC 9562), made from project, series,
     * measure and onset.
     */
    public UUID id() {
        String facts = series.project() + "/" + series.cube().code() + "/" + String.join("\u0000", series.dims()) + "/"
                + worst.measure().code() + "/" + onset;
        UUID hash = UUID.nameUUIDFromBytes(facts.getBytes(StandardCharsets.UTF_8));
        return new UUID(hash.getMostSignificantBits() & ~0xF000L | 0x8000L, hash.getLeastSignificantBits());
    }
}
