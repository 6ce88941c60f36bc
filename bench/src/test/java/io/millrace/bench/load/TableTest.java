package io.millrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Table.Key KEY =
            new Table.Key(Grain.TEN_SECONDS, Cube.MODEL, List.of("openai", "gpt-4o"), 1_795_219_200L);
    private static final Table.Key NEXT =
            new Table.Key(Grain.TEN_SECONDS, Cube.MODEL, List.of("openai", "gpt-4o"), 1_795_219_210L);
    private static final List<String> MEASURES = List.of("spans", "input", "cost_pico_usd");

    @Test
    void equalTablesDoNotDiffer() {
        assertThat(table(7, 900, 5_000_000).differences(table(7, 900, 5_000_000)))
                .isEmpty();
    }

    @Test
    void seesOneSpanOneTokenAndOnePicoDollar() {
        Table expected = table(7, 900, 5_000_000);

        assertThat(expected.differences(table(6, 900, 5_000_000)))
                .containsExactly(new Table.Difference(KEY, "spans", 7, 6));
        assertThat(expected.differences(table(7, 901, 5_000_000)))
                .containsExactly(new Table.Difference(KEY, "input", 900, 901));
        assertThat(expected.differences(table(7, 900, 4_999_999)))
                .containsExactly(new Table.Difference(KEY, "cost_pico_usd", 5_000_000, 4_999_999));
    }

    @Test
    void seesARowThatIsMissingOnEitherSide() {
        Table expected = table(7, 900, 5_000_000);
        Table actual = table(7, 900, 5_000_000);
        actual.add(NEXT, new long[] {1, 0, 0});

        assertThat(expected.differences(actual)).containsExactly(new Table.Difference(NEXT, "spans", 0, 1));
        assertThat(actual.differences(expected)).containsExactly(new Table.Difference(NEXT, "spans", 1, 0));
    }

    @Test
    void aSpanInTheNextWindowIsTwoDifferences() {
        Table expected = table(7, 900, 5_000_000);
        Table actual = table(6, 900, 5_000_000);
        actual.add(NEXT, new long[] {1, 0, 0});

        assertThat(expected.differences(actual)).hasSize(2);
        assertThat(actual.total(Grain.TEN_SECONDS, Cube.MODEL, "spans")).isEqualTo(7);
    }

    @Test
    void refusesToCompareOtherMeasures() {
        assertThatThrownBy(() -> table(1, 1, 1).differences(new Table(List.of("spans"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Table table(long spans, long input, long cost) {
        Table table = new Table(MEASURES);
        table.add(KEY, new long[] {spans - 1, input, 0});
        table.add(KEY, new long[] {1, 0, cost});
        return table;
    }
}
