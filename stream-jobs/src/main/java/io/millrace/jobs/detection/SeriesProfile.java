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
 * What is normal for a series, and whether a window is. How much comes is a matter of {@link Throughput}. Rates are judged
 * by exact binomial tails; the mean cost of a call on a logarithmic scale, wider the fewer calls there are: what more calls
 * cost is a matter of throughput. Of latencies it is counted how many lie far beyond the usual 95th percentile: that is robust
 * against the shape of their distribution, and tells with a handful of slow requests. Failed and slow requests are also summed
 * up across windows, as an {@link Excess}.
 *
 * <p>An open window may be judged at any time: what can only grow is compared with what a whole window may have. A measure
 * that was not normal is not learnt from, unless it has been so for so long that it has become the rule.
 */
final class SeriesProfile {
    /** Windows before anything is judged. */
    static final int WARM_UP = 6;
    /** Windows after which what is not normal is learnt as the new normal. */
    static final int ACCEPTED_AFTER = 60;

    /**
     * In spreads, the normal tail of a billionth of a chance, which is not chance: a busy project makes a million judgements a
     * day.
     */
    static final double SPREADS = 6;

    /** Of exact tails, which have no shape to be wrong about, and which ask for a multiple of what is usual besides. */
    static final double EXACT_SCORE = 7;

    private static final long FEWEST_HITS = 5;
    private static final long FEWEST_PRICED = 3;
    private static final double SLOW_SHARE = 0.2;
    private static final double COST_FACTOR = 2.5;
    private static final double PICO = 1e-12;

    private final Map<Measure, Integer> abnormal = new EnumMap<>(Measure.class);
    private final Throughput throughput = new Throughput();
    private Rate errors = new Rate();
    private Latencies latencies = new Latencies();
    private RobustLevel cost = newCost();
    private RobustLevel costSpread = newCostSpread();
    private final Excess manyFailed = new Excess();
    private final Excess manySlow = new Excess();
    private int windows;
    /** Windows without anything since the last one with something. */
    private int quietWindows;

    /** Natural logarithms. */
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
        return new Calls(value.requests(), value.requestErrors(), timed, latencies.slowOf(value.latency()));
    }

    /** Takes requests that have just come, of the window that begins at {@code start}. */
    void called(Calls calls, long start) {
        if (windows < WARM_UP) {
            return;
        }
        double failed = toleratedErrors();
        double failing = Math.max(failed + 0.1, Math.min(4 * failed, failed + 0.25));
        manyFailed.take(calls.failed(), calls.all(), failed, failing, errors.dispersion(), start);
        double slowing = latencies.suspected(SLOW_SHARE);
        manySlow.take(calls.slow(), calls.timed(), latencies.tolerated(), slowing, latencies.dispersion(), start);
    }

    /**
     * Takes what came in a while.
     *
     * @param whole whether all that there was could come; else it means nothing
     */
    void arrived(Arrivals arrivals, long from, long to, boolean whole) {
        if (whole) {
            throughput.arrived(arrivals, from, to);
        } else {
            throughput.forgetArrivals();
        }
    }

    /**
     * Judges that much less comes than usual.
     *
     * @param quietMillis since when nothing has come at all
     */
    Optional<Judgement> shortfall(long quietMillis) {
        return throughput.shortfall(quietMillis);
    }

    /** When a drop that is judged began. */
    long dropSince() {
        return throughput.dropSince();
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
        if (whole) {
            throughput.judge(value.spans(), quietMillis, closed).ifPresent(found::add);
        }
        if (windows >= WARM_UP) {
            judgeErrors(start, value, found);
            judgeLatency(start, value, found);
            judgeCost(value, found);
        }
        return found;
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
        long all = value.latency().count();
        long beyond = latencies.slowOf(value.latency());
        double share = all <= 0 ? 0 : (double) beyond / all;
        double score = 0;
        if (beyond >= FEWEST_HITS && share >= SLOW_SHARE) {
            score = Rate.score(beyond, all, latencies.tolerated());
        }
        if (score < EXACT_SCORE && shows(manySlow, start, share, SLOW_SHARE)) {
            score = manySlow.score();
        } else if (score < EXACT_SCORE) {
            return;
        }
        double observed = value.latency().quantile(0.95);
        double notable = latencies.notable();
        if (observed > notable) {
            found.add(new Judgement(
                    Measure.LATENCY_P95, AnomalyKind.SPIKE, observed, latencies.usual(), 0, notable, score));
        }
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
                    Judgement.score(off / spread)));
        }
    }

    private void learn(Measure measure, WindowValue value) {
        switch (measure) {
            case THROUGHPUT -> throughput.learn(value);
            case ERROR_RATE -> errors.learn(value.requestErrors(), value.requests());
            case LATENCY_P95 -> latencies.learn(value.latency());
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
            case THROUGHPUT -> throughput.forget();
            case ERROR_RATE -> {
                errors = new Rate();
                manyFailed.reset();
            }
            case LATENCY_P95 -> {
                latencies = new Latencies();
                manySlow.reset();
            }
            case COST -> {
                cost = newCost();
                costSpread = newCostSpread();
            }
        }
    }

    private static double dollars(WindowValue value) {
        return value.costPico().doubleValue() * PICO;
    }

    void writeTo(DataOutput out) throws IOException {
        for (Measure measure : Measure.values()) {
            out.writeInt(abnormal.getOrDefault(measure, 0));
        }
        throughput.writeTo(out);
        errors.writeTo(out);
        latencies.writeTo(out);
        cost.writeTo(out);
        costSpread.writeTo(out);
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
        profile.throughput.readFrom(in);
        profile.errors.readFrom(in);
        profile.latencies.readFrom(in);
        profile.cost.readFrom(in);
        profile.costSpread.readFrom(in);
        profile.manyFailed.readFrom(in);
        profile.manySlow.readFrom(in);
        profile.windows = in.readInt();
        profile.quietWindows = in.readInt();
        return profile;
    }
}
