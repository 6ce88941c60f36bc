package io.millrace.query.metric;

import io.millrace.schema.window.Grain;
import java.time.Instant;
import java.util.Arrays;

/**
 * The range of a query, widened to whole windows of the shortest grain that is still kept at its ends.
 *
 * @param from second of the epoch, inclusive
 * @param to exclusive
 */
record WindowRange(long from, long to) {

    /**
     * @throws io.millrace.query.http.Problem (unservable) when the step's windows are not kept that long
     */
    static WindowRange of(MetricQuery query, Source source, Instant now) {
        Instant from = query.range().from();
        Instant to = query.range().to();
        Grain first = finestKept(query, source, from, now);
        Grain last = finestKept(query, source, to, now);
        long widened = to.getNano() == 0 ? to.getEpochSecond() : to.getEpochSecond() + 1;
        return new WindowRange(first.floor(from.getEpochSecond()), Cover.ceil(widened, last));
    }

    private static Grain finestKept(MetricQuery query, Source source, Instant at, Instant now) {
        Grain finest = Arrays.stream(Grain.values())
                .filter(grain -> grain.seconds() >= source.finest().seconds())
                .filter(grain -> grain.seconds() <= source.coarsest().seconds())
                .filter(grain -> !at.isBefore(now.minus(source.kept(grain))))
                .findFirst()
                .orElseThrow(() -> Source.unservable("this grouping is kept for "
                        + source.kept(source.coarsest()).toDays() + " days"));
        query.step().ifPresent(step -> {
            if (step.seconds() < finest.seconds()) {
                throw Source.unservable("windows of " + step.label() + " are kept for "
                        + source.kept(step).toHours() + " hours; ask for step=" + finest.label());
            }
        });
        return finest;
    }
}
