package io.millrace.bench.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** What became of the requests so far. Threads share it. */
public final class Tally {
    private static final long LONGEST_MICROS = 3_600_000_000L;

    private final LongAdder requests = new LongAdder();
    private final LongAdder spans = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder attempts = new LongAdder();
    private final LongAdder repeats = new LongAdder();
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
    private final Recorder latency = new Recorder(LONGEST_MICROS, 3);
    private final Recorder lateness = new Recorder(LONGEST_MICROS, 3);

    void attempt() {
        attempts.increment();
    }

    void failed(String reason) {
        failures.computeIfAbsent(reason, absent -> new LongAdder()).increment();
    }

    void repeated() {
        repeats.increment();
    }

    void started(long nanosAfterDue) {
        lateness.recordValue(micros(nanosAfterDue));
    }

    void acknowledged(int spansOfRequest, long refusedSpans, long nanosAfterDue) {
        requests.increment();
        spans.add(spansOfRequest);
        refused.add(refusedSpans);
        latency.recordValue(micros(nanosAfterDue));
    }

    /** Requests that were answered by a success. */
    public long acknowledgedRequests() {
        return requests.sum();
    }

    /** Spans of these, each once. */
    public long acknowledgedSpans() {
        return spans.sum();
    }

    /** Spans that a success named as refused. */
    public long refusedSpans() {
        return refused.sum();
    }

    /** Sends, whether answered or not. */
    public long attempts() {
        return attempts.sum();
    }

    /** Requests that were sent once more although they had been acknowledged. */
    public long repeats() {
        return repeats.sum();
    }

    /** Sends that were not acknowledged, by status or kind of error. */
    public Map<String, Long> failures() {
        Map<String, Long> sums = new TreeMap<>();
        failures.forEach((reason, count) -> sums.put(reason, count.sum()));
        return sums;
    }

    /** Microseconds from when a request was due to its acknowledgement, since the last call. */
    public Histogram takeLatency() {
        return latency.getIntervalHistogram();
    }

    /** Microseconds from when a request was due to its first send, since the last call: the generator's own delay. */
    public Histogram takeLateness() {
        return lateness.getIntervalHistogram();
    }

    private static long micros(long nanos) {
        return Math.min(LONGEST_MICROS, Math.max(0, nanos / 1_000));
    }
}
