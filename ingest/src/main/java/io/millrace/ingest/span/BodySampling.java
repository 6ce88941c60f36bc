package io.millrace.ingest.span;

/**
 * Of which traces a project keeps the bodies of spans. A trace is in the sample or not by the hash of its id alone, so that
 * all edges agree on all of its spans, and a larger sample holds every smaller one: of XXH64 of the id's 16 bytes (seed 0) the
 * last 56 bits are the trace's random number R, and the trace is in the sample of a rate p if R is at least (1 - p) 2^56, as
 * OpenTelemetry's consistent sampling has it of ids that are random themselves. Those of LLM SDKs often are not.
 */
public final class BodySampling {
    /** Keeps all bodies. */
    public static final BodySampling ALL = new BodySampling(1, true);

    private static final long TRACES = 1L << 56;

    private final long threshold;
    private final boolean keepsErrors;

    /**
     * @param rate the share of traces that keep their bodies, from 0 to 1
     * @param keepsErrors whether a span in error keeps its body whatever its trace
     * @throws IllegalArgumentException when the rate is none
     */
    public BodySampling(double rate, boolean keepsErrors) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("a rate is from 0 to 1, not " + rate);
        }
        this.threshold = TRACES - Math.round(rate * TRACES);
        this.keepsErrors = keepsErrors;
    }

    /** Whether the trace of this id, high half and low half, is in the sample. */
    boolean keeps(long high, long low) {
        return threshold == 0 || (XxHash64.hash(high, low) & (TRACES - 1)) >= threshold;
    }

    boolean keepsErrors() {
        return keepsErrors;
    }
}
