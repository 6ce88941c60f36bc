package io.millrace.bench.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.bench.edge.LoadTally.Counts;
import io.millrace.bench.edge.Measurement.Used;
import io.millrace.bench.edge.Overload.Level;
import io.millrace.bench.edge.Overload.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverloadTest {
    @Test
    void isJudgedByItsFlood() {
        Outcome outcome = new Outcome(
                List.of(
                        level(80_000, 80_000, 0, 200),
                        level(100_000, 100_000, 0, 220),
                        level(90_000, 90_000, 0, 230),
                        level(300_000, 75_000, 2_250, 300)),
                20);

        assertThat(outcome.peak()).isEqualTo(100_000);
        assertThat(outcome.kept()).isEqualTo(0.75);
        assertThat(outcome.offered()).isEqualTo(3);
        assertThat(outcome.resident()).isEqualTo(300);
        assertThat(outcome.isAnswered()).isTrue();
        assertThat(outcome.unanswered()).isZero();
    }

    @Test
    void aRequestThatGotNothingIsNoAnswer() {
        Counts lost = new Counts(10, 8, 0, Map.of("no answer", 2L), 2);
        Level flood = new Level("flood", measured(lost), 1_000, lost, 200);
        Outcome outcome = new Outcome(List.of(level(80_000, 80_000, 0, 200), flood), 20);

        assertThat(outcome.isAnswered()).isFalse();
        assertThat(outcome.unanswered()).isEqualTo(2);
    }

    /** At the peak a span takes 2 us, and the processor has a second of them in each second. */
    @Test
    void itsLimitIsWhatTheLeastRefusalsLeave() {
        Outcome outcome = new Outcome(List.of(level(500_000, 500_000, 0, 0), level(1_500_000, 260_000, 12_400, 0)), 20);

        // (1,000,000 us - 260,000 * 2 us) / 12,400
        assertThat(outcome.refusal()).isCloseTo(38.7, within(0.05));
        // 388,889 spans take 777,778 us, and 11,111 refusals 222,222.
        assertThat(outcome.keptAtMost() * 500_000).isCloseTo(388_889, within(1.0));
    }

    private static Level level(double offered, long taken, long refused, long resident) {
        long requests = taken / Payload.SPANS_PER_BODY;
        Counts counts = new Counts(requests + refused, requests, refused, Map.of(), 0);
        return new Level("level", measured(counts), offered, counts, resident);
    }

    private static Measurement measured(Counts counts) {
        return new Measurement(1, counts, new Used(800_000, 0, 150_000, 50_000, 0));
    }
}
