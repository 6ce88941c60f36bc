package io.millrace.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTextTest {
    private static final String EURO = "\u20AC";

    private static List<String> dimensions(List<String> values) {
        return values.stream().map(SeriesText::dimension).toList();
    }

    @Test
    void plainValuesAreLeftAlone() {
        for (String value : List.of("", "gpt-4o", "x".repeat(255))) {
            assertThat(SeriesText.dimension(value)).isSameAs(value);
        }
    }

    @Test
    void otherLettersAreKept() {
        assertThat(dimensions(List.of("\u00E9t\u00E9", EURO.repeat(85), "\uD83D\uDE00")))
                .containsExactly("\u00E9t\u00E9", EURO.repeat(85), "\uD83D\uDE00");
    }

    @Test
    void whatPostgresDoesNotTakeIsReplaced() {
        assertThat(dimensions(List.of("a\0b", "\uD83D", "\uDE00\uD83D")))
                .containsExactly("a\uFFFDb", "\uFFFD", "\uFFFD\uFFFD");
    }

    @Test
    void longValuesFitAnIndexAndStayApart() {
        List<String> dims = dimensions(List.of(EURO.repeat(300) + "a", EURO.repeat(300) + "b", "x".repeat(256)));
        assertThat(dims)
                .doesNotHaveDuplicates()
                .allSatisfy(value -> assertThat(value.getBytes(StandardCharsets.UTF_8).length)
                        .isLessThanOrEqualTo(255));
        assertThat(dims.get(0)).startsWith(EURO.repeat(80) + "\u2026");
        assertThat(dims.get(2)).startsWith("x".repeat(240) + "\u2026");
    }

    /** A row keeps a thousand characters; the keeper must come to the same series from there as the stream did. */
    @Test
    void aValueOfARowMakesTheSameSeriesAsTheMessage() {
        String message = "y".repeat(999) + "\uD83D\uDE00 and more";
        String row = message.substring(0, SeriesText.cutLength(message));
        assertThat(row).hasSize(999);
        assertThat(dimensions(List.of(row))).isEqualTo(dimensions(List.of(message)));
    }

    @Test
    void doingItTwiceChangesNothing() {
        List<String> once = dimensions(List.of("a\0", EURO.repeat(500), "\uD83D"));
        assertThat(dimensions(once)).isEqualTo(once);
    }
}
