package io.millrace.schema.window;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.wire.WindowValueMessage;
import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is measured in one window of one series: the absolute value, or a change to one. Everything in it is a sum, so
 * that values merge in any order, and a value merged with its opposite sign is gone without a trace.
 *
 * <p>Cost is exact however large; counts are longs. The sketches that the getters give are the value's own (a fresh empty
 * one if there is none): read them, or copy them first.
 *
 * <p>Mutable, and not safe for use by several threads.
 */
public final class WindowValue {
    /** Far beyond any sum of costs; bounds what a broken message can make us compute with. */
    private static final int MAX_COST_BYTES = 64;

    private long spans;
    private long errors;
    private long requests;
    private long requestErrors;
    private long traces;
    private long begun;
    private long counted;
    private long unpriced;
    private final long[] usage = new long[UsageBucket.COUNT];

    /** The cost is {@code cost + largeCost}; the latter stays zero until the former would overflow. */
    private long cost;

    private BigInteger largeCost = BigInteger.ZERO;

    private @Nullable QuantileSketch latency;
    private @Nullable QuantileSketch timeToFirstToken;
    private @Nullable QuantileSketch tokensPerSecond;
    private @Nullable QuantileSketch traceCost;

    public WindowValue() {}

    /** A span of the series. In this and the like, {@code sign} is 1 to add, -1 to take back. */
    public void span(long sign, boolean error) {
        spans += sign;
        errors += error ? sign : 0;
    }

    /**
     * A span that is in the denominator of the series' error rate and latency.
     *
     * @throws IllegalArgumentException for a latency that is negative, infinite or not a number
     */
    public void request(long sign, boolean error, double latencyMillis) {
        latency = add(latency, latencyMillis, sign);
        requests += sign;
        requestErrors += error ? sign : 0;
    }

    /**
     * A span whose usage counts.
     *
     * @param priced whether its cost is known; if not it counts as unpriced, and {@code costPico} is not looked at
     * @param costPico in pico-dollars
     */
    public void usage(long sign, Usage tokens, boolean priced, long costPico) {
        counted += sign;
        for (int i = 0; i < usage.length; i++) {
            usage[i] += sign * tokens.get(i);
        }
        if (priced) {
            addCost(sign, costPico);
        } else {
            unpriced += sign;
        }
    }

    /**
     * @throws IllegalArgumentException for a time that is negative, infinite or not a number
     */
    public void firstToken(long sign, double millis) {
        timeToFirstToken = add(timeToFirstToken, millis, sign);
    }

    /**
     * @throws IllegalArgumentException for a rate that is negative, infinite or not a number
     */
    public void throughput(long sign, double tokensPerSecond) {
        this.tokensPerSecond = add(this.tokensPerSecond, tokensPerSecond, sign);
    }

    /** A trace whose root ended in the window. */
    public void trace(long sign) {
        traces += sign;
    }

    /** A trace of which the first span to come is in the window: whether anything begins is known before anything ends. */
    public void begun() {
        begun++;
    }

    /**
     * The cost of a trace whose cost is known.
     *
     * @throws IllegalArgumentException for a cost that is negative, infinite or not a number
     */
    public void traceCost(long sign, double microDollars) {
        traceCost = add(traceCost, microDollars, sign);
    }

    /** Adds all of {@code other}, which stays as it is. */
    public void merge(WindowValue other) {
        mergeCounts(other);
        mergeRequests(other);
        mergeUsage(other);
        mergeTraces(other);
    }

    /** Adds the spans and errors of {@code other}, and the traces that began with one of them. */
    public void mergeCounts(WindowValue other) {
        begun += other.begun;
        spans += other.spans;
        errors += other.errors;
    }

    /** Adds the requests of {@code other}, their errors and latency. */
    public void mergeRequests(WindowValue other) {
        requests += other.requests;
        requestErrors += other.requestErrors;
        latency = merge(latency, other.latency);
    }

    /** Adds the usage and cost of {@code other}, what counts them, and the speed of its answers. */
    public void mergeUsage(WindowValue other) {
        counted += other.counted;
        unpriced += other.unpriced;
        for (int i = 0; i < usage.length; i++) {
            usage[i] += other.usage[i];
        }
        BigInteger otherLargeCost = other.largeCost;
        addCost(1, other.cost);
        largeCost = largeCost.add(otherLargeCost);
        timeToFirstToken = merge(timeToFirstToken, other.timeToFirstToken);
        tokensPerSecond = merge(tokensPerSecond, other.tokensPerSecond);
    }

    /** Adds the traces of {@code other} and their costs. */
    public void mergeTraces(WindowValue other) {
        traces += other.traces;
        traceCost = merge(traceCost, other.traceCost);
    }

    private void addCost(long sign, long costPico) {
        long product = sign * costPico;
        long sum = cost + product;
        boolean productFits = Math.multiplyHigh(sign, costPico) == product >> 63;
        boolean sumFits = ((cost ^ sum) & (product ^ sum)) >= 0;
        if (productFits && sumFits) {
            cost = sum;
        } else {
            largeCost = largeCost.add(BigInteger.valueOf(sign).multiply(BigInteger.valueOf(costPico)));
        }
    }

    private static QuantileSketch add(@Nullable QuantileSketch sketch, double value, long sign) {
        QuantileSketch target = sketch == null ? new QuantileSketch() : sketch;
        target.add(value, sign);
        return target;
    }

    private static @Nullable QuantileSketch merge(@Nullable QuantileSketch sketch, @Nullable QuantileSketch other) {
        if (other == null) {
            return sketch;
        }
        if (sketch == null) {
            return other.copy();
        }
        sketch.merge(other);
        return sketch;
    }

    public long spans() {
        return spans;
    }

    /** Spans in error. */
    public long errors() {
        return errors;
    }

    /** The denominator of the series' error rate and latency. */
    public long requests() {
        return requests;
    }

    public long requestErrors() {
        return requestErrors;
    }

    public long traces() {
        return traces;
    }

    /**
     * Traces of which the first span to come is in the window, wherever their roots are. Only what is said of open windows
     * has it; rows do not.
     */
    public long tracesBegun() {
        return begun;
    }

    /** Spans whose usage counts. */
    public long counted() {
        return counted;
    }

    /** Counted spans whose cost is unknown, and which the cost therefore lacks. */
    public long unpriced() {
        return unpriced;
    }

    public long tokens(UsageBucket bucket) {
        return usage[bucket.ordinal()];
    }

    /** All tokens that went in, cached or not. */
    public long inputTokens() {
        return sumOf(true);
    }

    /** All tokens that came out, reasoning included. */
    public long outputTokens() {
        return sumOf(false);
    }

    private long sumOf(boolean input) {
        long sum = 0;
        for (UsageBucket bucket : UsageBucket.values()) {
            sum += bucket.isInput() == input ? tokens(bucket) : 0;
        }
        return sum;
    }

    /** In pico-dollars. */
    public BigInteger costPico() {
        return largeCost.add(BigInteger.valueOf(cost));
    }

    /** Of requests, in milliseconds. */
    public QuantileSketch latency() {
        return orEmpty(latency);
    }

    /** Of counted spans, in milliseconds. */
    public QuantileSketch timeToFirstToken() {
        return orEmpty(timeToFirstToken);
    }

    /** Of counted spans. */
    public QuantileSketch tokensPerSecond() {
        return orEmpty(tokensPerSecond);
    }

    /** Of traces, in micro-dollars. */
    public QuantileSketch traceCost() {
        return orEmpty(traceCost);
    }

    private static QuantileSketch orEmpty(@Nullable QuantileSketch sketch) {
        return sketch == null ? new QuantileSketch() : sketch;
    }

    /** Whether nothing is measured, or all of it was taken back. */
    public boolean isZero() {
        return equals(new WindowValue());
    }

    public WindowValueMessage toMessage() {
        WindowValueMessage.Builder message = WindowValueMessage.newBuilder()
                .setSpans(spans)
                .setErrors(errors)
                .setRequests(requests)
                .setRequestErrors(requestErrors)
                .setTraces(traces)
                .setCounted(counted)
                .setUnpriced(unpriced)
                .setLatency(bytesOf(latency))
                .setTimeToFirstToken(bytesOf(timeToFirstToken))
                .setTokensPerSecond(bytesOf(tokensPerSecond))
                .setTraceCost(bytesOf(traceCost))
                .setBegun(begun);
        int used = usage.length;
        while (used > 0 && usage[used - 1] == 0) {
            used--;
        }
        for (int i = 0; i < used; i++) {
            message.addUsage(usage[i]);
        }
        BigInteger total = costPico();
        if (total.signum() != 0) {
            message.setCostPico(UnsafeByteOperations.unsafeWrap(total.toByteArray()));
        }
        return message.build();
    }

    private static ByteString bytesOf(@Nullable QuantileSketch sketch) {
        return sketch == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(sketch.encode());
    }

    /**
     * @throws IllegalArgumentException for a message that {@link #toMessage()} would not make
     */
    public static WindowValue of(WindowValueMessage message) {
        if (message.getCostPico().size() > MAX_COST_BYTES) {
            throw new IllegalArgumentException(
                    "a cost of " + message.getCostPico().size() + " bytes");
        }
        long[] usage = new long[message.getUsageCount()];
        for (int i = 0; i < usage.length; i++) {
            usage[i] = message.getUsage(i);
        }
        WindowValue value = builder()
                .spans(message.getSpans())
                .errors(message.getErrors())
                .requests(message.getRequests())
                .requestErrors(message.getRequestErrors())
                .traces(message.getTraces())
                .counted(message.getCounted())
                .unpriced(message.getUnpriced())
                .usage(usage)
                .costPico(
                        message.getCostPico().isEmpty()
                                ? BigInteger.ZERO
                                : new BigInteger(message.getCostPico().toByteArray()))
                .latency(message.getLatency().toByteArray())
                .timeToFirstToken(message.getTimeToFirstToken().toByteArray())
                .tokensPerSecond(message.getTokensPerSecond().toByteArray())
                .traceCost(message.getTraceCost().toByteArray())
                .build();
        value.begun = message.getBegun();
        return value;
    }

    /** The bytes of {@link #toMessage()}: equal values have equal bytes, a zero value has none. */
    public byte[] encode() {
        return toMessage().toByteArray();
    }

    /**
     * Reads what {@link #encode()} wrote.
     *
     * @throws IllegalArgumentException for other bytes
     */
    public static WindowValue decode(byte[] bytes) {
        try {
            return of(WindowValueMessage.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("no window value: " + e.getMessage(), e);
        }
    }

    public WindowValue copy() {
        WindowValue copy = new WindowValue();
        copy.merge(this);
        return copy;
    }

    /** For readers of rows. What is not set is zero. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WindowValue value
                && spans == value.spans
                && errors == value.errors
                && requests == value.requests
                && requestErrors == value.requestErrors
                && traces == value.traces
                && begun == value.begun
                && counted == value.counted
                && unpriced == value.unpriced
                && Arrays.equals(usage, value.usage)
                && costPico().equals(value.costPico())
                && latency().equals(value.latency())
                && timeToFirstToken().equals(value.timeToFirstToken())
                && tokensPerSecond().equals(value.tokensPerSecond())
                && traceCost().equals(value.traceCost());
    }

    @Override
    public int hashCode() {
        return toMessage().hashCode();
    }

    @Override
    public String toString() {
        return "WindowValue[spans=" + spans + ", errors=" + errors + ", requests=" + requests + ", requestErrors="
                + requestErrors + ", traces=" + traces + ", tracesBegun=" + tracesBegun() + ", counted=" + counted
                + ", unpriced=" + unpriced + ", usage="
                + Arrays.toString(usage) + ", costPico=" + costPico() + ", latency=" + latency() + "]";
    }

    /** Takes the columns of a row one by one. */
    public static final class Builder {
        private final WindowValue value = new WindowValue();

        private Builder() {}

        public Builder spans(long spans) {
            value.spans = spans;
            return this;
        }

        public Builder errors(long errors) {
            value.errors = errors;
            return this;
        }

        public Builder requests(long requests) {
            value.requests = requests;
            return this;
        }

        public Builder requestErrors(long requestErrors) {
            value.requestErrors = requestErrors;
            return this;
        }

        public Builder traces(long traces) {
            value.traces = traces;
            return this;
        }

        public Builder counted(long counted) {
            value.counted = counted;
            return this;
        }

        public Builder unpriced(long unpriced) {
            value.unpriced = unpriced;
            return this;
        }

        public Builder tokens(UsageBucket bucket, long tokens) {
            value.usage[bucket.ordinal()] = tokens;
            return this;
        }

        /**
         * All buckets at once, in the order of {@link UsageBucket}; missing ones are zero.
         *
         * @throws IllegalArgumentException if there are more than there are buckets
         */
        public Builder usage(long[] tokens) {
            if (tokens.length > value.usage.length) {
                throw new IllegalArgumentException("usage of " + tokens.length + " buckets");
            }
            Arrays.fill(value.usage, 0);
            System.arraycopy(tokens, 0, value.usage, 0, tokens.length);
            return this;
        }

        public Builder costPico(BigInteger costPico) {
            boolean fits = costPico.bitLength() < Long.SIZE;
            value.cost = fits ? costPico.longValue() : 0;
            value.largeCost = fits ? BigInteger.ZERO : costPico;
            return this;
        }

        /**
         * @throws IllegalArgumentException for bytes that are no sketch; as with the sketches below
         */
        public Builder latency(byte[] sketch) {
            value.latency = decoded(sketch);
            return this;
        }

        public Builder timeToFirstToken(byte[] sketch) {
            value.timeToFirstToken = decoded(sketch);
            return this;
        }

        public Builder tokensPerSecond(byte[] sketch) {
            value.tokensPerSecond = decoded(sketch);
            return this;
        }

        public Builder traceCost(byte[] sketch) {
            value.traceCost = decoded(sketch);
            return this;
        }

        private static @Nullable QuantileSketch decoded(byte[] sketch) {
            return sketch.length == 0 ? null : QuantileSketch.decode(sketch);
        }

        /** The value; the builder is of no use afterwards. */
        public WindowValue build() {
            return value;
        }
    }
}
