package io.millrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CallTest {
    @Test
    void fillsDisjointBucketsAndCostsWhatAPersonComputes() {
        // Given
        Call call = new Call(1_000, 200, 100, 300, 50);
        long[] sums = new long[2 * Measure.COUNT];

        // When
        call.addTo(sums, Measure.COUNT, Model.CLAUDE_SONNET_4.rates());

        // Then: 700 x 3 + 200 x 0.30 + 100 x 3.75 + 300 x 15 = 7,035 millionths of a dollar
        assertThat(sums[Measure.COUNT + Measure.COST_PICO_USD.ordinal()]).isEqualTo(7_035_000_000L);
        assertThat(sums[Measure.COUNT + Measure.INPUT.ordinal()]).isEqualTo(700);
        assertThat(sums[Measure.COUNT + Measure.INPUT_CACHE_READ.ordinal()]).isEqualTo(200);
        assertThat(sums[Measure.COUNT + Measure.INPUT_CACHE_WRITE_5M.ordinal()]).isEqualTo(100);
        assertThat(sums[Measure.COUNT + Measure.OUTPUT.ordinal()]).isEqualTo(250);
        assertThat(sums[Measure.COUNT + Measure.OUTPUT_REASONING.ordinal()]).isEqualTo(50);
    }

    @Test
    void everyFigureTakesTwoBytes() {
        for (long trace = 0; trace < 5_000; trace++) {
            // When
            Call call = Call.draw(Model.CLAUDE_SONNET_4, Mix.of(trace), 1);
            Call reasoning = Call.draw(Model.O4_MINI, Mix.of(trace), 1);

            // Then
            assertThat(List.of(call.input(), call.cacheRead(), call.cacheWrite(), call.output(), reasoning.reasoning()))
                    .allMatch(tokens -> tokens >= 128 && tokens <= 16_383 / 2);
        }
    }
}
