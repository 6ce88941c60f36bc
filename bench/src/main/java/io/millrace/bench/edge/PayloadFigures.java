package io.millrace.bench.edge;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** All measurements of one payload, in the order they were taken, and what they say about one another. */
final class PayloadFigures {
    private static final double JSON_GOAL = 0.6;
    private static final double KB = 1_000;

    private final Payload payload;
    private final double textBytes;
    private final Map<Line, List<Measurement>> measurements = new EnumMap<>(Line.class);
    private final List<PhysicalLimit> limits = new ArrayList<>();

    /** @param textBytes that masking reads, per span */
    PayloadFigures(Payload payload, double textBytes) {
        this.payload = payload;
        this.textBytes = textBytes;
    }

    Payload payload() {
        return payload;
    }

    double textBytes() {
        return textBytes;
    }

    void add(Line line, Measurement measurement) {
        measurements.computeIfAbsent(line, absent -> new ArrayList<>()).add(measurement);
    }

    void add(PhysicalLimit limit) {
        limits.add(limit);
    }

    /** Empty for a line that was left out. */
    List<Measurement> of(Line line) {
        return measurements.getOrDefault(line, List.of());
    }

    List<PhysicalLimit> limits() {
        return limits;
    }

    /** Those within this payload. */
    List<Ratio> ratios() {
        List<Measurement> identity = of(Line.PROTOBUF);
        Payload.Goals goals = payload.goals();
        List<Ratio> ratios = new ArrayList<>();
        ratios.add(Ratio.of(
                "share_of_limit",
                identity,
                limits,
                (ours, limit) -> ours.spansPerProcessorSecond() / limit.spansPerSecond(),
                OptionalDouble.of(goals.shareOfLimit())));
        ratios.add(Ratio.of(
                "share_of_limit_of_single_spans",
                identity,
                limits,
                (ours, limit) -> ours.spansPerProcessorSecond() / limit.singlesPerSecond(),
                OptionalDouble.of(goals.shareOfLimit())));
        if (!of(Line.ZIPKIN).isEmpty()) {
            ratios.add(Ratio.ofSpans("to_zipkin", identity, of(Line.ZIPKIN), OptionalDouble.of(goals.toZipkin())));
        }
        ratios.add(Ratio.ofSpans("json_to_protobuf", of(Line.JSON), identity, OptionalDouble.of(JSON_GOAL)));
        ratios.add(Ratio.ofSpans("gzip_to_identity", of(Line.GZIP), identity, OptionalDouble.of(goals.gzip())));
        ratios.add(Ratio.ofSpans("zstd_to_identity", of(Line.ZSTD), identity, OptionalDouble.of(goals.zstd())));
        ratios.add(Ratio.ofSpans("masked_to_unmasked", identity, of(Line.UNMASKED), OptionalDouble.empty()));
        return ratios;
    }

    /** Microseconds of the edge for a thousand bytes of text. */
    Spread maskingMicrosPerKb() {
        return Ratio.of(
                        "masking",
                        of(Line.PROTOBUF),
                        of(Line.UNMASKED),
                        (masked, unmasked) -> (masked.microsPerSpan() - unmasked.microsPerSpan()) / (textBytes / KB),
                        OptionalDouble.empty())
                .value();
    }
}
