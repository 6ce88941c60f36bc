package io.millrace.bench.load;

/**
 * Where the values of one span lie in a template that are patched for each request, and what the span counts as.
 *
 * @param series number of the span's series
 */
record Slot(SpanPlan plan, int series, Ids ids, Usage usage, Model.Rates rates) {
    /** Stands for a field that the span does not have. */
    static final int ABSENT = -1;

    /** Where ids and times begin. */
    record Ids(int trace, int span, int parent, int start, int end) {
        Ids shifted(int by) {
            return new Ids(trace + by, span + by, parent == ABSENT ? ABSENT : parent + by, start + by, end + by);
        }
    }

    /** Where the integers of the usage lie. */
    record Usage(int input, int cacheRead, int cacheWrite, int output, int reasoning) {
        Usage shifted(int by) {
            return new Usage(
                    shift(input, by),
                    shift(cacheRead, by),
                    shift(cacheWrite, by),
                    shift(output, by),
                    shift(reasoning, by));
        }

        private static int shift(int at, int by) {
            return at == ABSENT ? ABSENT : at + by;
        }

        void patch(byte[] body, Call call) {
            patch(body, input, call.input());
            patch(body, cacheRead, call.cacheRead());
            patch(body, cacheWrite, call.cacheWrite());
            patch(body, output, call.output());
            patch(body, reasoning, call.reasoning());
        }

        private static void patch(byte[] body, int at, long value) {
            if (at != ABSENT) {
                WireWriter.patchWideVarint(body, at, value);
            }
        }
    }

    Slot shifted(int by) {
        return new Slot(plan, series, ids.shifted(by), usage.shifted(by), rates);
    }

    /** Writes this trace's ids, times and tokens into a copy of the template. */
    void patch(byte[] body, TraceNumbers trace, long dueNanos) {
        WireWriter.patchBigEndian(body, ids.trace, trace.high());
        WireWriter.patchBigEndian(body, ids.trace + 8, trace.low());
        WireWriter.patchBigEndian(body, ids.span, trace.spanId(plan.place()));
        Place parent = plan.place().parent();
        if (parent != null) {
            WireWriter.patchBigEndian(body, ids.parent, trace.spanId(parent));
        }
        WireWriter.patchFixed64(body, ids.start, dueNanos - plan.place().startNanosBefore());
        WireWriter.patchFixed64(body, ids.end, dueNanos - plan.place().endNanosBefore());
        if (plan.tokens() != Place.Tokens.NONE) {
            usage.patch(body, trace.call(plan));
        }
    }

    /** Adds what this span amounts to. */
    void count(TraceNumbers trace, long dueNanos, Truth truth) {
        long[] sums = truth.window(dueNanos - plan.place().endNanosBefore());
        int at = series * Measure.COUNT;
        sums[at + Measure.SPANS.ordinal()]++;
        if (plan.failed()) {
            sums[at + Measure.ERRORS.ordinal()]++;
        }
        if (plan.tokens().count()) {
            sums[at + Measure.COUNTED.ordinal()]++;
            trace.call(plan).addTo(sums, at, rates);
        }
        truth.span(trace.spanId(plan.place()));
    }
}
