package io.millrace.query.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownStateTest {
    @ParameterizedTest
    @CsvSource({
        "0, false, false, OPEN",
        "0, true,  false, ACKNOWLEDGED",
        "0, false, true,  RESOLVED",
        "0, true,  true,  RESOLVED",
        "1, false, false, RESOLVED",
        "1, true,  true,  RESOLVED",
        "2, false, false, WITHDRAWN",
        "2, true,  true,  WITHDRAWN",
        "9, false, false, WITHDRAWN"
    })
    void comesFromTheRowAndFromWhatWasDone(int row, boolean acknowledged, boolean resolved, ShownState shown) {
        assertThat(ShownState.of(row, acknowledged, resolved)).isEqualTo(shown);
    }
}
