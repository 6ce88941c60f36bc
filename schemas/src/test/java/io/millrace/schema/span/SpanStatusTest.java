package io.millrace.schema.span;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SpanStatusTest {
    @Test
    void codesAreThoseOfOpenTelemetry() {
        assertThat(SpanStatus.of(0)).isEqualTo(SpanStatus.UNSET);
        assertThat(SpanStatus.of(1)).isEqualTo(SpanStatus.OK);
        assertThat(SpanStatus.of(2)).isEqualTo(SpanStatus.ERROR);
        assertThat(SpanStatus.values()).allMatch(status -> SpanStatus.of(status.code()) == status);
    }

    @Test
    void unknownCodesAreUnset() {
        assertThat(SpanStatus.of(3)).isEqualTo(SpanStatus.UNSET);
        assertThat(SpanStatus.of(-1)).isEqualTo(SpanStatus.UNSET);
    }

    @Test
    void labelsAreLowerCase() {
        assertThat(SpanStatus.values()).extracting(SpanStatus::label).containsExactly("unset", "ok", "error");
    }
}
