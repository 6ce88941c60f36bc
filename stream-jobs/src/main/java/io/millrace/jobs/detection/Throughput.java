package io.millrace.jobs.detection;

import io.millrace.schema.window.WindowValue;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How much of a series usually comes, and whether a window or a while has much more or less of it. Counts are judged on
 * Anscombe's scale, where a Poisson count has the spread 1 and a busier series the same as a quiet one (Anscombe 1948).
 *
 * <p>That little comes or nothing is judged by the cumulated {@link Shortfall} of three witnesses. Spans come by the trace and
 * a trace's spans one after the other, so that requests may show it better; and what is under way still comes when nothing
 * begins any more, which traces show. It is a silence when the time since the last span usually has many (exponential waiting
 * times of a Poisson process).
 */
final class Throughput {
    /** Windows learnt from, after which it is looked how much comes from second to second. */
    private static final int KNOWN_AFTER = 3;

    private static final double SPREADS = SeriesProfile.SPREADS;
    private static final double BUSY_FACTOR = 2.5;
    private static final double QUIET_FACTOR = 0.4;
    private static final double LEAST_TRAFFIC = 30;
    private static final double STILL_USUAL = 0.8;
    private static final double ANSCOMBE = 3.0 / 8;

    private RobustLevel spans = newLevel();
    private RobustLevel requests = newLevel();
    private RobustLevel traces = newTraces();
    private final Shortfall fewSpans = new Shortfall();
    private final Shortfall fewRequests = new Shortfall();
    private final Shortfall fewTraces = new Shortfall();

    /** On Anscombe's scale; real traffic comes in bursts. */
    private static RobustLevel newLevel() {
        return new RobustLevel(2);
    }

    /** Traces begin independently of each other, unlike their spans, until many windows say otherwise. */
    private static RobustLevel newTraces() {
        return new RobustLevel(1, 30, 120);
    }

    /** Takes what came in a while. */
    void arrived(Arrivals arrivals, long from, long to) {
        if (spans.count() < KNOWN_AFTER) {
            return;
        }
        long came = arrivals.spans();
        take(fewSpans, spans, came, came, from, to);
        take(fewRequests, requests, arrivals.requests(), came, from, to);
        take(fewTraces, traces, arrivals.traces(), came, from, to);
    }

    private static void take(Shortfall witness, RobustLevel level, long arrived, long spans, long from, long to) {
        double expected = usual(level) * (to - from) / SeriesDetector.WINDOW_MILLIS;
        double most = Math.max(1, level.spread() * level.spread());
        witness.take(expected, arrived, spans, dispersion(level), most, from, to);
    }

    /** Forgets what came, not what is usual. */
    void forgetArrivals() {
        fewSpans.reset();
        fewRequests.reset();
        fewTraces.reset();
    }

    /**
     * Judges that much less comes than usual.
     *
     * @param quietMillis since when nothing has come at all
     */
    Optional<Judgement> shortfall(long quietMillis) {
        if (!isWarm()) {
            return Optional.empty();
        }
        double quiet = arrivalsIn(quietMillis) / Math.log(10);
        if (quiet >= SeriesProfile.EXACT_SCORE) {
            return Stream.of(fewSpans, fewRequests, fewTraces)
                    .filter(Shortfall::isTold)
                    .max(Comparator.comparingDouble(Shortfall::score))
                    .map(witness -> judgement(AnomalyKind.SILENCE, 0, Math.max(quiet, witness.score())));
        }
        return dropWitness()
                .map(witness -> judgement(
                        AnomalyKind.DROP,
                        Math.min(witness.spansPer(SeriesDetector.WINDOW_MILLIS), usual(spans)),
                        witness.score()));
    }

    /** Whether enough windows were learnt from: those of a pause of ours pass, and tell nothing. */
    private boolean isWarm() {
        return spans.count() >= SeriesProfile.WARM_UP;
    }

    /** When a drop that is judged began. */
    long dropSince() {
        return dropWitness().orElseThrow().since();
    }

    /** That no request is made or nothing begins means nothing while as much goes on as ever. */
    private Optional<Shortfall> dropWitness() {
        double stillUsual = STILL_USUAL * usual(spans);
        return Stream.of(fewSpans, fewRequests, fewTraces)
                .filter(Shortfall::isTold)
                .filter(one -> one == fewSpans || one.spansPer(SeriesDetector.WINDOW_MILLIS) <= stillUsual)
                .max(Comparator.comparingDouble(Shortfall::score));
    }

    /**
     * Judges how many spans a window has.
     *
     * @param quietMillis since when nothing has come at all
     * @param closed whether these are all; else only too many are told
     */
    Optional<Judgement> judge(long count, long quietMillis, boolean closed) {
        if (!isWarm()) {
            return Optional.empty();
        }
        double expected = usual(spans);
        double off = (anscombe(count) - spans.level()) / spread();
        Optional<Judgement> shortfall = closed ? shortfall(quietMillis) : Optional.empty();
        if (shortfall.isPresent() && shortfall.get().kind() == AnomalyKind.SILENCE) {
            return shortfall;
        }
        if (off > SPREADS && count > BUSY_FACTOR * expected && count - expected >= LEAST_TRAFFIC) {
            return Optional.of(judgement(AnomalyKind.SPIKE, count, Judgement.score(off)));
        }
        if (closed && off < -SPREADS && count < QUIET_FACTOR * expected && expected >= LEAST_TRAFFIC) {
            return Optional.of(judgement(AnomalyKind.DROP, count, Judgement.score(off)));
        }
        return shortfall;
    }

    /** Takes a window whose throughput is normal. */
    void learn(WindowValue value) {
        spans.learn(anscombe(value.spans()));
        requests.learn(anscombe(value.requests()));
        traces.learn(anscombe(value.tracesBegun()));
    }

    /** Forgets what is usual. */
    void forget() {
        spans = newLevel();
        requests = newLevel();
        traces = newTraces();
        forgetArrivals();
    }

    private Judgement judgement(AnomalyKind kind, double observed, double score) {
        double level = spans.level();
        return new Judgement(
                Measure.THROUGHPUT,
                kind,
                observed,
                counts(level),
                counts(Math.max(0, level - SPREADS * spread())),
                counts(level + SPREADS * spread()),
                score);
    }

    /** No Poisson count varies less than 1. */
    private double spread() {
        return Math.max(1, spans.spread());
    }

    /** How many independent arrivals so long a time usually has: a burst counts as one. */
    private double arrivalsIn(long millis) {
        return Math.max(usual(spans) / dispersion(spans), usual(requests) / dispersion(requests))
                * millis
                / SeriesDetector.WINDOW_MILLIS;
    }

    /** Variance over a Poisson's. */
    private static double dispersion(RobustLevel level) {
        return Math.max(1, level.learntSpread() * level.learntSpread());
    }

    /** How many come in a window. */
    private static double usual(RobustLevel level) {
        return counts(level.level());
    }

    private static double anscombe(long count) {
        return 2 * Math.sqrt(Math.max(0, count) + ANSCOMBE);
    }

    private static double counts(double level) {
        return Math.max(0, level * level / 4 - ANSCOMBE);
    }

    void writeTo(DataOutput out) throws IOException {
        spans.writeTo(out);
        requests.writeTo(out);
        traces.writeTo(out);
        fewSpans.writeTo(out);
        fewRequests.writeTo(out);
        fewTraces.writeTo(out);
    }

    void readFrom(DataInput in) throws IOException {
        spans.readFrom(in);
        requests.readFrom(in);
        traces.readFrom(in);
        fewSpans.readFrom(in);
        fewRequests.readFrom(in);
        fewTraces.readFrom(in);
    }
}
