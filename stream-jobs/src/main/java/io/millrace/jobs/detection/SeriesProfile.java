package io.millrace.jobs.detection;

import io.millrace.schema.window.WindowValue;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is normal for a series, and whether a window is. Counts are judged on Anscombe's scale, where a Poisson count has
 * the spread 1 and a busier series the same as a quiet one (Anscombe 1948); rates by exact binomial tails; the mean
 * cost of a call on a logarithmic scale, wider the fewer calls there are: what more calls cost is a matter of traffic. Of latencies it is counted how many lie far beyond the usual 95th percentile: that is robust against
 * the shape of their distribution, and tells with a handful of slow requests. Failed and slow requests are also summed up
 * across windows, as an {@link Excess}.
 *
 * <p>An open window may be judged at any time: what can only grow is compared with what a whole window may have. That
 * little comes or nothing is judged by the cumulated {@link Shortfall} of spans and of requests; it is a silence when the time
 * since the last span usually has many (exponential waiting times of a Poisson process). A measure that was not normal is not learnt from, unless it has been so for
 * so long that it has become the rule.
 */
final class SeriesProfile {
    /** Windows before anything is judged. */
    static final int WARM_UP = 6;
    /** Windows after which it is looked how much comes from second to second. */
    private static final int KNOWN_AFTER = 3;
    /** Windows after which what is not normal is learnt as the new normal. */
    static final int ACCEPTED_AFTER = 60;

    /** A billionth of a chance is not chance: a busy project makes a million judgements a day. */
    private static final double SCORE = 9;
    /** The normal tail of that, in spreads. */
    private static final double SPREADS = 6;

    /** Of exact tails, which have no shape to be wrong about, and which ask for a multiple of what is usual besides. */
    private static final double EXACT_SCORE = 7;

    private static final double SPREADS_TO_SCORE = 1 / (2 * Math.log(10));
    private static final long FEWEST_HITS = 5;
    private static final long FEWEST_PRICED = 3;
    private static final double SLOW_FACTOR = 1.5;
    private static final double SLOW_SHARE = 0.2;
    private static final double COST_FACTOR = 2.5;
    private static final double BUSY_FACTOR = 2.5;
    private static final double QUIET_FACTOR = 0.4;
    private static final double LEAST_TRAFFIC = 30;
    private static final double STILL_USUAL = 0.8;
    private static final double ANSCOMBE = 3.0 / 8;
    private static final double PICO = 1e-12;

    private final Map<Measure, Integer> abnormal = new EnumMap<>(Measure.class);
    private RobustLevel traffic = newTraffic();
    private RobustLevel requests = newTraffic();
    private RobustLevel traces = newTraces();
    private Rate errors = new Rate();
    private RobustLevel latency = newLatency();
    private Rate slow = new Rate();
    private RobustLevel cost = newCost();
    private RobustLevel costSpread = newCostSpread();
    private final Shortfall fewSpans = new Shortfall();
    private final Shortfall fewRequests = new Shortfall();
    private final Shortfall fewTraces = new Shortfall();
    private final Excess manyFailed = new Excess();
    private final Excess manySlow = new Excess();
    private int windows;
    /** Windows without anything since the last one with something. */
    private int quietWindows;

    /** On Anscombe's scale; real traffic comes in bursts. */
    private static RobustLevel newTraffic() {
        return new RobustLevel(2);
    }

    /** Traces begin independently of each other, unlike their spans. */
    private static RobustLevel newTraces() {
        return new RobustLevel(1);
    }

    /** Natural logarithms. */
    private static RobustLevel newLatency() {
        return new RobustLevel(0.3);
    }

    private static RobustLevel newCost() {
        return new RobustLevel(0.5);
    }

    /** What a single call's cost would be off, as the mean of many is off by the root of their number less. */
    private static RobustLevel newCostSpread() {
        return new RobustLevel(1);
    }

    /**
     * Judges an open window by what it has so far.
     *
     * @param start of the window
     * @param whole whether all that there was could come; else it is not judged how much came
     */
    List<Judgement> open(long start, WindowValue value, boolean whole) {
        return judge(start, value, 0, false, whole);
    }

    /** Counts the requests of a window, the slow ones by what is usual now. */
    Calls count(WindowValue value) {
        long timed = value.latency().count();
        long slowOnes = latency.count() < WARM_UP ? 0 : value.latency().countAbove(slowFrom());
        return new Calls(value.requests(), value.requestErrors(), timed, slowOnes);
    }

    /** Takes requests that have just come, of the window that begins at {@code start}. */
    void called(Calls calls, long start) {
        if (windows < WARM_UP) {
            return;
        }
        double failed = toleratedErrors();
        double failing = Math.max(failed + 0.1, Math.min(4 * failed, failed + 0.25));
        manyFailed.take(calls.failed(), calls.all(), failed, failing, errors.dispersion(), start);
        double late = toleratedSlow();
        manySlow.take(calls.slow(), calls.timed(), late, late + SLOW_SHARE, slow.dispersion(), start);
    }

    /**
     * Takes what came in a while.
     *
     * @param whole whether all that there was could come; else it means nothing
     */
    void arrived(Arrivals arrivals, long from, long to, boolean whole) {
        if (!whole || windows < KNOWN_AFTER) {
            forgetShortfall();
            return;
        }
        long spans = arrivals.spans();
        double part = (double) (to - from) / SeriesDetector.WINDOW_MILLIS;
        fewSpans.take(part * counts(traffic.level()), spans, spans, dispersion(traffic), from, to);
        fewRequests.take(part * counts(requests.level()), arrivals.requests(), spans, dispersion(requests), from, to);
        fewTraces.take(part * counts(traces.level()), arrivals.traces(), spans, dispersion(traces), from, to);
    }

    private void forgetShortfall() {
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
        Shortfall clearer = clearerShortfall();
        if (windows < WARM_UP || !clearer.isTold()) {
            return Optional.empty();
        }
        double usual = counts(traffic.level());
        double spans = Math.min(clearer.spansPer(SeriesDetector.WINDOW_MILLIS), usual);
        double quiet = arrivalsIn(quietMillis) / Math.log(10);
        if (quiet >= EXACT_SCORE) {
            return Optional.of(traffic(AnomalyKind.SILENCE, 0, Math.max(quiet, clearer.score())));
        }
        // That nothing begins means nothing while as much goes on as ever.
        return spans > STILL_USUAL * usual
                ? Optional.empty()
                : Optional.of(traffic(AnomalyKind.DROP, spans, clearer.score()));
    }

    /** When the shortfall began. */
    long shortfallSince() {
        return clearerShortfall().since();
    }

    /**
     * Spans come by the trace and a trace's spans one after the other, so that requests may be the better witnesses; and what
     * is under way still comes when nothing begins any more.
     */
    private Shortfall clearerShortfall() {
        Shortfall clearer = fewRequests.score() > fewSpans.score() ? fewRequests : fewSpans;
        return fewTraces.score() > clearer.score() ? fewTraces : clearer;
    }

    /** How many independent arrivals so long a time usually has: a burst counts as one. */
    private double arrivalsIn(long millis) {
        return Math.max(counts(traffic.level()) / dispersion(traffic), counts(requests.level()) / dispersion(requests))
                * millis
                / SeriesDetector.WINDOW_MILLIS;
    }

    /** Variance over a Poisson's. */
    private static double dispersion(RobustLevel level) {
        return Math.max(1, level.learntSpread() * level.learntSpread());
    }

    /**
     * Judges a window that is over, and learns from what was normal in it.
     *
     * @param start of the window
     * @param quietMillis since when nothing had come when it was over
     * @param whole whether all that there was could come; else it is neither judged nor learnt how much came
     */
    List<Judgement> close(long start, WindowValue value, long quietMillis, boolean whole) {
        List<Judgement> judgements = judge(start, value, quietMillis, true, whole);
        if (value.spans() > 0) {
            quietWindows = 0;
        } else if (whole) {
            quietWindows++;
        }
        for (Measure measure : Measure.values()) {
            if (measure == Measure.THROUGHPUT && !whole) {
                continue;
            }
            boolean normal = judgements.stream().noneMatch(judgement -> judgement.measure() == measure);
            int since = normal ? 0 : abnormal.getOrDefault(measure, 0) + 1;
            abnormal.put(measure, since);
            if (since >= ACCEPTED_AFTER) {
                forget(measure);
                abnormal.put(measure, 0);
                normal = true;
            }
            if (normal) {
                learn(measure, value);
            }
        }
        windows++;
        return judgements;
    }

    /** Whether nothing is known that it would be a pity to lose. */
    boolean isIdle() {
        return quietWindows > 6 * 60;
    }

    private List<Judgement> judge(long start, WindowValue value, long quietMillis, boolean closed, boolean whole) {
        List<Judgement> found = new ArrayList<>(1);
        if (windows >= WARM_UP) {
            if (whole) {
                judgeTraffic(value.spans(), quietMillis, closed, found);
            }
            judgeErrors(start, value, found);
            judgeLatency(start, value, found);
            judgeCost(value, found);
        }
        return found;
    }

    private void judgeTraffic(long spans, long quietMillis, boolean closed, List<Judgement> found) {
        double expected = counts(traffic.level());
        double off = (anscombe(spans) - traffic.level()) / spread();
        Optional<Judgement> shortfall = closed ? shortfall(quietMillis) : Optional.empty();
        if (shortfall.isPresent() && shortfall.get().kind() == AnomalyKind.SILENCE) {
            found.add(shortfall.get());
        } else if (off > SPREADS && spans > BUSY_FACTOR * expected && spans - expected >= LEAST_TRAFFIC) {
            found.add(traffic(AnomalyKind.SPIKE, spans, scoreOf(off)));
        } else if (closed && off < -SPREADS && spans < QUIET_FACTOR * expected && expected >= LEAST_TRAFFIC) {
            found.add(traffic(AnomalyKind.DROP, spans, scoreOf(off)));
        } else {
            shortfall.ifPresent(found::add);
        }
    }

    private Judgement traffic(AnomalyKind kind, double spans, double score) {
        double level = traffic.level();
        return new Judgement(
                Measure.THROUGHPUT,
                kind,
                spans,
                counts(level),
                counts(Math.max(0, level - SPREADS * spread())),
                counts(level + SPREADS * spread()),
                score);
    }

    /** Of the traffic: no Poisson count varies less than 1. */
    private double spread() {
        return Math.max(1, traffic.spread());
    }

    private void judgeErrors(long start, WindowValue value, List<Judgement> found) {
        long failed = value.requestErrors();
        long all = value.requests();
        double usual = errors.value();
        double notable = Math.max(2 * usual, usual + 0.05);
        double observed = all <= 0 ? 0 : (double) failed / all;
        double score = 0;
        if (failed >= FEWEST_HITS && observed >= notable) {
            score = Rate.score(failed, all, toleratedErrors());
        }
        if (score < EXACT_SCORE && shows(manyFailed, start, observed, notable)) {
            observed = manyFailed.share();
            score = manyFailed.score();
        } else if (score < EXACT_SCORE) {
            return;
        }
        found.add(new Judgement(Measure.ERROR_RATE, AnomalyKind.SPIKE, observed, usual, 0, toleratedErrors(), score));
    }

    private double toleratedErrors() {
        return Math.min(1, 1.5 * errors.value() + 0.01);
    }

    /** Whether a window is a part of an excess: the one in which it began is, the others if they have their share of it. */
    private static boolean shows(Excess excess, long start, double observed, double notable) {
        return excess.isTold() && excess.share() >= notable && (start == excess.since() || observed >= notable);
    }

    private void judgeLatency(long start, WindowValue value, List<Judgement> found) {
        if (latency.count() < WARM_UP) {
            return;
        }
        double limit = slowFrom();
        long all = value.latency().count();
        long beyond = value.latency().countAbove(limit);
        double share = all <= 0 ? 0 : (double) beyond / all;
        double score = 0;
        if (beyond >= FEWEST_HITS && share >= SLOW_SHARE) {
            score = Rate.score(beyond, all, toleratedSlow());
        }
        if (score < EXACT_SCORE && shows(manySlow, start, share, SLOW_SHARE)) {
            score = manySlow.score();
        } else if (score < EXACT_SCORE) {
            return;
        }
        double observed = value.latency().quantile(0.95);
        if (observed > limit) {
            found.add(new Judgement(
                    Measure.LATENCY_P95, AnomalyKind.SPIKE, observed, Math.exp(latency.level()), 0, limit, score));
        }
    }

    private double toleratedSlow() {
        return Math.min(1, 1.5 * slow.value() + 0.02);
    }

    private void judgeCost(WindowValue value, List<Judgement> found) {
        double dollars = dollars(value);
        if (cost.count() < WARM_UP || value.counted() < FEWEST_PRICED || dollars <= 0) {
            return;
        }
        double spread = costSpread.spread() / Math.sqrt(value.counted());
        double band = Math.max(Math.log(COST_FACTOR), SPREADS * spread);
        double off = Math.log(dollars / value.counted()) - cost.level();
        if (off > band) {
            double expected = Math.exp(cost.level()) * value.counted();
            found.add(new Judgement(
                    Measure.COST,
                    AnomalyKind.SPIKE,
                    dollars,
                    expected,
                    expected * Math.exp(-band),
                    expected * Math.exp(band),
                    scoreOf(off / spread)));
        }
    }

    private void learn(Measure measure, WindowValue value) {
        switch (measure) {
            case THROUGHPUT -> {
                traffic.learn(anscombe(value.spans()));
                requests.learn(anscombe(value.requests()));
                traces.learn(anscombe(value.tracesBegun()));
            }
            case ERROR_RATE -> errors.learn(value.requestErrors(), value.requests());
            case LATENCY_P95 -> {
                long all = value.latency().count();
                if (all > 0) {
                    if (latency.count() > 0) {
                        slow.learn(value.latency().countAbove(slowFrom()), all);
                    }
                    latency.learn(Math.log(Math.max(1e-3, value.latency().quantile(0.95))));
                }
            }
            case COST -> {
                if (dollars(value) > 0 && value.counted() > 0) {
                    double perCall = Math.log(dollars(value) / value.counted());
                    if (cost.count() > 0) {
                        costSpread.learn((perCall - cost.level()) * Math.sqrt(value.counted()));
                    }
                    cost.learn(perCall);
                }
            }
        }
    }

    private void forget(Measure measure) {
        switch (measure) {
            case THROUGHPUT -> {
                traffic = newTraffic();
                requests = newTraffic();
                traces = newTraces();
                forgetShortfall();
            }
            case ERROR_RATE -> {
                errors = new Rate();
                manyFailed.reset();
            }
            case LATENCY_P95 -> {
                latency = newLatency();
                slow = new Rate();
                manySlow.reset();
            }
            case COST -> {
                cost = newCost();
                costSpread = newCostSpread();
            }
        }
    }

    private double slowFrom() {
        return SLOW_FACTOR * Math.exp(latency.level());
    }

    private static double scoreOf(double spreads) {
        return spreads * spreads * SPREADS_TO_SCORE;
    }

    private static double dollars(WindowValue value) {
        return value.costPico().doubleValue() * PICO;
    }

    private static double anscombe(long count) {
        return 2 * Math.sqrt(Math.max(0, count) + ANSCOMBE);
    }

    private static double counts(double level) {
        return Math.max(0, level * level / 4 - ANSCOMBE);
    }

    void writeTo(DataOutput out) throws IOException {
        for (Measure measure : Measure.values()) {
            out.writeInt(abnormal.getOrDefault(measure, 0));
        }
        traffic.writeTo(out);
        requests.writeTo(out);
        traces.writeTo(out);
        errors.writeTo(out);
        latency.writeTo(out);
        slow.writeTo(out);
        cost.writeTo(out);
        costSpread.writeTo(out);
        fewSpans.writeTo(out);
        fewRequests.writeTo(out);
        fewTraces.writeTo(out);
        manyFailed.writeTo(out);
        manySlow.writeTo(out);
        out.writeInt(windows);
        out.writeInt(quietWindows);
    }

    static SeriesProfile readFrom(DataInput in) throws IOException {
        SeriesProfile profile = new SeriesProfile();
        for (Measure measure : Measure.values()) {
            profile.abnormal.put(measure, in.readInt());
        }
        profile.traffic.readFrom(in);
        profile.requests.readFrom(in);
        profile.traces.readFrom(in);
        profile.errors.readFrom(in);
        profile.latency.readFrom(in);
        profile.slow.readFrom(in);
        profile.cost.readFrom(in);
        profile.costSpread.readFrom(in);
        profile.fewSpans.readFrom(in);
        profile.fewRequests.readFrom(in);
        profile.fewTraces.readFrom(in);
        profile.manyFailed.readFrom(in);
        profile.manySlow.readFrom(in);
        profile.windows = in.readInt();
        profile.quietWindows = in.readInt();
        return profile;
    }
}
