package io.millrace.query.metric;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.query.http.Json;
import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.window.QuantileSketch;
import io.millrace.schema.window.WindowValue;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be asked of a window. */
enum Measure {
    SPANS(Part.COUNTS, (out, value) -> out.writeNumber(value.spans())),
    /** Settled traces; a trace belongs to the window and the group of its root. */
    TRACES(Part.TRACES, (out, value) -> out.writeNumber(value.traces())),
    /** Spans in error. */
    ERRORS(Part.COUNTS, (out, value) -> out.writeNumber(value.errors())),
    /** The denominator of error rate and latency. */
    REQUESTS(Part.REQUESTS, (out, value) -> out.writeNumber(value.requests())),
    REQUEST_ERRORS(Part.REQUESTS, (out, value) -> out.writeNumber(value.requestErrors())),
    /** Failed requests by requests, 0 to 1; null without requests. */
    ERROR_RATE(Part.REQUESTS, Measure::writeErrorRate),
    COST_USD(Part.USAGE, (out, value) -> out.writeString(Json.usd(value.costPico()))),
    /** Counted spans whose cost is unknown, which {@link #COST_USD} lacks. */
    UNPRICED_SPANS(Part.USAGE, (out, value) -> out.writeNumber(value.unpriced())),
    INPUT_TOKENS(Part.USAGE, (out, value) -> out.writeNumber(value.inputTokens())),
    OUTPUT_TOKENS(Part.USAGE, (out, value) -> out.writeNumber(value.outputTokens())),
    INPUT(UsageBucket.INPUT),
    INPUT_CACHE_READ(UsageBucket.INPUT_CACHE_READ),
    INPUT_CACHE_WRITE_5M(UsageBucket.INPUT_CACHE_WRITE_5M),
    INPUT_CACHE_WRITE_1H(UsageBucket.INPUT_CACHE_WRITE_1H),
    INPUT_AUDIO(UsageBucket.INPUT_AUDIO),
    INPUT_IMAGE(UsageBucket.INPUT_IMAGE),
    OUTPUT(UsageBucket.OUTPUT),
    OUTPUT_REASONING(UsageBucket.OUTPUT_REASONING),
    OUTPUT_AUDIO(UsageBucket.OUTPUT_AUDIO),
    OUTPUT_IMAGE(UsageBucket.OUTPUT_IMAGE),
    LATENCY_P50_MS(Part.LATENCY, (out, value) -> writeQuantile(out, value.latency(), 0.50)),
    LATENCY_P95_MS(Part.LATENCY, (out, value) -> writeQuantile(out, value.latency(), 0.95)),
    LATENCY_P99_MS(Part.LATENCY, (out, value) -> writeQuantile(out, value.latency(), 0.99)),
    TTFT_P50_MS(Part.FIRST_TOKEN, (out, value) -> writeQuantile(out, value.timeToFirstToken(), 0.50)),
    TTFT_P95_MS(Part.FIRST_TOKEN, (out, value) -> writeQuantile(out, value.timeToFirstToken(), 0.95)),
    TTFT_P99_MS(Part.FIRST_TOKEN, (out, value) -> writeQuantile(out, value.timeToFirstToken(), 0.99));

    /** Which part of a window's value a measure reads: not every cube has every part for every grouping. */
    enum Part {
        COUNTS,
        REQUESTS,
        LATENCY,
        USAGE,
        FIRST_TOKEN,
        TRACES;

        /** Whether it is about the requests of a series, whose denominator depends on the cube. */
        boolean isOfRequests() {
            return this == REQUESTS || this == LATENCY;
        }
    }

    @FunctionalInterface
    private interface ValueWriter {
        void write(JsonGenerator out, WindowValue value) throws IOException;
    }

    private final Part part;
    private final ValueWriter writer;
    private final String label = name().toLowerCase(Locale.ROOT);

    Measure(Part part, ValueWriter writer) {
        this.part = part;
        this.writer = writer;
    }

    Measure(UsageBucket bucket) {
        this(Part.USAGE, (out, value) -> out.writeNumber(value.tokens(bucket)));
    }

    static Optional<Measure> of(String label) {
        return Arrays.stream(values())
                .filter(measure -> measure.label.equals(label))
                .findFirst();
    }

    String label() {
        return label;
    }

    Part part() {
        return part;
    }

    void write(JsonGenerator out, WindowValue value) throws IOException {
        out.writeFieldName(label);
        writer.write(out, value);
    }

    private static void writeErrorRate(JsonGenerator out, WindowValue value) throws IOException {
        if (value.requests() <= 0) {
            out.writeNull();
        } else {
            out.writeNumber((double) value.requestErrors() / value.requests());
        }
    }

    private static void writeQuantile(JsonGenerator out, QuantileSketch sketch, double q) throws IOException {
        double quantile = sketch.quantile(q);
        if (Double.isFinite(quantile)) {
            out.writeNumber(quantile);
        } else {
            out.writeNull();
        }
    }
}
