package io.millrace.schema.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows and messages that exist carry these codes: a line of the table is never changed, only added. */
final class CubeTest {
    @ParameterizedTest
    @CsvSource({
        "0, PROJECT, 10, ''",
        "1, ENVIRONMENT, 10, environment",
        "2, KIND, 10, kind",
        "3, MODEL, 10, provider model",
        "4, OPERATION, 10, name",
        "5, MODEL_OPERATION, 10, provider model name",
        "6, JOINT, 60, environment kind provider model name release prompt"
    })
    void codesAndDimensionsNeverChange(int code, Cube cube, int windowSeconds, String dimensions) {
        assertThat(cube.code()).isEqualTo(code);
        assertThat(Cube.of(code)).isEqualTo(cube);
        assertThat(cube.windowSeconds()).isEqualTo(windowSeconds);
        assertThat(cube.dimensions().stream().map(Dimension::label).collect(Collectors.joining(" ")))
                .isEqualTo(dimensions);
    }

    @Test
    void everyCubeIsInTheTable() {
        assertThat(Cube.values()).hasSize(7);
    }

    @Test
    void theProjectIsOneSeriesAndOthersAreCapped() {
        assertThat(Cube.PROJECT.seriesCap()).isEqualTo(1);
        assertThat(Cube.MODEL.seriesCap()).isEqualTo(1_000);
        assertThat(Cube.JOINT.seriesCap()).isEqualTo(10_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 7, Integer.MAX_VALUE})
    void refusesACodeItDoesNotKnow(int code) {
        assertThatIllegalArgumentException().isThrownBy(() -> Cube.of(code));
    }
}
