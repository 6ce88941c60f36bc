package io.millrace.bench.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.bench.edge.LoadTally.Counts;
import io.millrace.bench.edge.Measurement.Used;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PayloadFiguresTest {
    private static final long SECOND = 1_000_000;

    @Test
    void theLimitIsTheTimeOfBoth() {
        // 1 us to parse, and 3 us to hand over many or 7 us to hand over one, make 4 us and 8 us.
        PhysicalLimit limit = new PhysicalLimit(1_000_000, 1_000_000 / 3.0, 1_000_000 / 7.0);

        assertThat(limit.spansPerSecond()).isCloseTo(250_000, within(0.01));
        assertThat(limit.singlesPerSecond()).isCloseTo(125_000, within(0.01));
    }

    @Test
    void ratesAreThoseOfTheProcessThatTakesTheSpans() {
        Measurement measured =
                new Measurement(4, taken(3_000), new Used(2 * SECOND, SECOND / 2, SECOND, SECOND, SECOND));

        assertThat(measured.spans()).isEqualTo(300_000);
        assertThat(measured.spansPerSecond()).isEqualTo(75_000);
        assertThat(measured.spansPerProcessorSecond()).isEqualTo(150_000);
        assertThat(measured.microsPerSpan()).isCloseTo(6.6667, within(0.0001));
        assertThat(measured.compiling()).isEqualTo(0.25);
    }

    @Test
    void aSpreadIsTheMiddleAndTheEnds() {
        assertThat(Spread.of(List.of(5.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 5));
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 9.0))).isEqualTo(new Spread(3, 1, 9));
        assertThat(new Spread(2_000, 1_000, 3_000).text(0)).isEqualTo("2,000 [1,000..3,000]");
        assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ratiosAreTakenInPairs() {
        PayloadFigures figures = new PayloadFigures(Payload.LLM, 2_000);
        // Spans in a processor second: the machine is twice as fast in the second repeat.
        for (long speed : List.of(1, 2)) {
            figures.add(new PhysicalLimit(speed * 400_000, speed * 400_000, speed * 400_000 / 3.0));
            figures.add(Line.PROTOBUF, perSecond(speed * 100_000));
            figures.add(Line.JSON, perSecond(speed * 50_000));
            figures.add(Line.GZIP, perSecond(speed * 40_000));
            figures.add(Line.ZSTD, perSecond(speed * 80_000));
            figures.add(Line.UNMASKED, perSecond(speed * 125_000));
            figures.add(Line.ZIPKIN, perSecond(speed * 80_000));
        }

        Map<String, Ratio> ratios =
                figures.ratios().stream().collect(Collectors.toMap(Ratio::name, Function.identity()));
        assertThat(ratios.get("share_of_limit").value().least()).isCloseTo(0.5, within(1e-9));
        assertThat(ratios.get("share_of_limit").value().most()).isCloseTo(0.5, within(1e-9));
        assertThat(ratios.get("share_of_limit").goal()).hasValue(0.6);
        assertThat(ratios.get("share_of_limit").isReached()).isFalse();
        // 2.5 us and 7.5 us: the edge takes as long.
        assertThat(ratios.get("share_of_limit_of_single_spans").value().median())
                .isCloseTo(1, within(1e-9));
        assertThat(ratios.get("share_of_limit_of_single_spans").isReached()).isTrue();
        assertThat(ratios.get("to_zipkin").value()).isEqualTo(new Spread(1.25, 1.25, 1.25));
        assertThat(ratios.get("to_zipkin").isReached()).isFalse();
        assertThat(ratios.get("json_to_protobuf").value().median()).isEqualTo(0.5);
        assertThat(ratios.get("gzip_to_identity").value().median()).isEqualTo(0.4);
        assertThat(ratios.get("gzip_to_identity").isReached()).isTrue();
        assertThat(ratios.get("zstd_to_identity").value().median()).isEqualTo(0.8);
        assertThat(ratios.get("zstd_to_identity").isReached()).isTrue();
        // 10 us and 8 us a span, then half of that, for two thousand bytes.
        assertThat(figures.maskingMicrosPerKb().least()).isCloseTo(0.5, within(1e-9));
        assertThat(figures.maskingMicrosPerKb().most()).isCloseTo(1, within(1e-9));
    }

    @Test
    void withoutAPeerNothingIsSaidOfIt() {
        PayloadFigures figures = new PayloadFigures(Payload.LEAN, 100);
        figures.add(new PhysicalLimit(400_000, 400_000, 400_000));
        for (Line line : List.of(Line.PROTOBUF, Line.JSON, Line.GZIP, Line.ZSTD, Line.UNMASKED)) {
            figures.add(line, perSecond(100_000));
        }

        assertThat(figures.ratios()).extracting(Ratio::name).doesNotContain("to_zipkin");
    }

    private static Counts taken(long requests) {
        return new Counts(requests, requests, 0, Map.of(), 0);
    }

    private static Measurement perSecond(long spans) {
        return new Measurement(1, taken(spans / 100), new Used(SECOND, 0, 0, 0, 0));
    }
}
