package io.millrace.bench.load;

/**
 * The tokens of one model call, a function of the trace's number and of the call's place in it. Every figure is between
 * 128 and 16,383, also the sum of two calls, so that a patched body keeps its length.
 *
 * @param input all input tokens, cached ones included, as the source reports them
 * @param cacheRead of these, read from a cache
 * @param cacheWrite of these, written to a cache
 * @param output all output tokens, reasoning included
 * @param reasoning of these, spent on reasoning
 */
record Call(long input, long cacheRead, long cacheWrite, long output, long reasoning) {

    static Call draw(Model model, long traceNumber, int place) {
        long number = Mix.of(traceNumber, 1_000L + place);
        long input = 1_024 + Mix.below(number & 0xFFFF_FFFFL, 7_168);
        long output = 256 + Mix.below(number >>> 32, 896);
        return new Call(
                input,
                model.caches() ? input / 4 : 0,
                model.writesCache() ? input / 8 : 0,
                model.generates() ? output : 0,
                model.reasons() ? output / 2 : 0);
    }

    /** In pico-dollars: each bucket's tokens times its price. */
    long cost(Model.Rates rates) {
        return (input - cacheRead - cacheWrite) * rates.input()
                + cacheRead * rates.cacheRead()
                + cacheWrite * rates.cacheWrite()
                + output * rates.output();
    }

    /** Adds the disjoint buckets and the cost to a series' sums. */
    void addTo(long[] sums, int at, Model.Rates rates) {
        sums[at + Measure.INPUT.ordinal()] += input - cacheRead - cacheWrite;
        sums[at + Measure.INPUT_CACHE_READ.ordinal()] += cacheRead;
        sums[at + Measure.INPUT_CACHE_WRITE_5M.ordinal()] += cacheWrite;
        sums[at + Measure.OUTPUT.ordinal()] += output - reasoning;
        sums[at + Measure.OUTPUT_REASONING.ordinal()] += reasoning;
        int cost = at + Measure.COST_PICO_USD.ordinal();
        sums[cost] = Math.addExact(sums[cost], cost(rates));
    }
}
