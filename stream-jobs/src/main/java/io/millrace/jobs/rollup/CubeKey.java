package io.millrace.jobs.rollup;

import io.millrace.schema.window.Cube;
import java.util.UUID;

/** What windows are grouped by: a cube of a project, so that its cap of series is decided in one place. */
public record CubeKey(UUID project, Cube cube) {
    public static CubeKey of(SeriesDelta delta) {
        return new CubeKey(delta.window().project(), delta.window().cube());
    }

    /**
     * The same in every process: state is found by it. An enum's own hash is not, it depends on where in memory the
     * constant lies.
     */
    @Override
    public int hashCode() {
        return 31 * project.hashCode() + cube.code();
    }
}
