package io.millrace.jobs.detection;

import io.millrace.schema.window.Cube;
import java.util.List;
import java.util.UUID;

/** A series of windows. */
public record Series(UUID project, Cube cube, List<String> dims) {
    /** The same in every process, since state is found by it; an enum's own hash is not. */
    @Override
    public int hashCode() {
        return (31 * project.hashCode() + cube.code()) * 31 + dims.hashCode();
    }
}
