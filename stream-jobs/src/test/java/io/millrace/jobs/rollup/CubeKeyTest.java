package io.millrace.jobs.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.window.Cube;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CubeKeyTest {
    /** State of an earlier process is found by the hash: a number that differs from run to run loses all windows. */
    @Test
    void hashIsTheSameInEveryProcess() {
        UUID project = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
        assertThat(new CubeKey(project, Cube.PROJECT).hashCode()).isEqualTo(31 * project.hashCode());
        assertThat(new CubeKey(project, Cube.JOINT).hashCode()).isEqualTo(31 * project.hashCode() + 6);
    }
}
