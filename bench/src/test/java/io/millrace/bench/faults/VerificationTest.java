package io.millrace.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.load.Cube;
import io.millrace.bench.load.Grain;
import io.millrace.bench.load.Table;
import io.millrace.bench.stack.ApiClient;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerificationTest {
    @Test
    void addsUpTheBucketsOfEachSide() {
        // spans, errors, counted, unpriced, six buckets of input, four of output, cost
        long[] row = {9, 2, 5, 1, 100, 20, 30, 4, 5, 6, 1_000, 200, 30, 4, 77};

        assertThat(Verification.asApi(row)).containsExactly(9, 2, 165, 1_234, 77);
    }

    @Test
    void aCheckNamesWhatDiffers() {
        // Given
        Table.Key key = new Table.Key(Grain.MINUTE, Cube.KIND, List.of("llm"), 1_795_219_200L);
        Table expected = new Table(ApiClient.MEASURES);
        expected.add(key, new long[] {3, 0, 10, 20, 5_000});
        Table actual = new Table(ApiClient.MEASURES);
        actual.add(key, new long[] {3, 0, 10, 20, 5_001});

        // When
        Check check = Check.tables("rollups", expected, actual);

        // Then
        assertThat(check.passed()).isFalse();
        assertThat(check.differences())
                .containsExactly("1m KIND[llm] at 2026-11-21T00:00:00Z cost_usd: expected 5000, found 5001 (1)");
        assertThat(Check.tables("rollups", expected, expected).passed()).isTrue();
        assertThat(Check.equal("facts", 3, 2).passed()).isFalse();
    }
}
