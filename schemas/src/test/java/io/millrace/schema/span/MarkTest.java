package io.millrace.schema.span;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class MarkTest {
    @Test
    void bitsAreThoseThatRowsHold() {
        assertThat(Stream.of(Mark.values()).map(mark -> mark.bit() + " " + mark.name()))
                .containsExactly(
                        "1 CLOCK_SKEW",
                        "2 TRUNCATED",
                        "4 BAD_UTF8",
                        "8 USAGE_SUSPECT",
                        "16 END_BEFORE_START",
                        "32 INCOMPLETE",
                        "64 USAGE_OF_CHILDREN",
                        "128 APP_ROOT",
                        "256 MASKED",
                        "512 TIME_OF_DELIVERY",
                        "1024 TRACE_UNRESOLVED",
                        "2048 SAMPLED_OUT");
    }

    @Test
    void aSetOfMarksIsShownByName() {
        assertThat(Mark.labels(0)).isEmpty();
        assertThat(Mark.labels(9)).containsExactly("clock_skew", "usage_suspect");
        assertThat(Mark.TRUNCATED.in(6)).isTrue();
        assertThat(Mark.TRUNCATED.in(5)).isFalse();
    }
}
