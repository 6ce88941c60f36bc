package io.millrace.bench.load;

import java.util.List;

/** The groupings under which sums are compared; codes and order of dimensions are those of the rollup tables. */
public enum Cube {
    PROJECT(0, List.of()),
    ENVIRONMENT(1, List.of("environment")),
    KIND(2, List.of("kind")),
    /** Spans that call models only. */
    MODEL(3, List.of("provider", "model")),
    OPERATION(4, List.of("name")),
    /** Spans that call models only. */
    MODEL_OPERATION(5, List.of("provider", "model", "name")),
    /** Kept at one minute only. */
    JOINT(6, List.of("environment", "kind", "provider", "model", "name", "release", "prompt"));

    private final int code;
    private final List<String> dimensions;

    Cube(int code, List<String> dimensions) {
        this.code = code;
        this.dimensions = dimensions;
    }

    public int code() {
        return code;
    }

    /** What {@code group_by} is asked for. */
    public List<String> dimensions() {
        return dimensions;
    }

    /** Whether spans of this series count in this cube. */
    public boolean holds(Series series) {
        boolean callsModel = series.kind() == Kind.LLM || series.kind() == Kind.EMBEDDING;
        return callsModel || (this != MODEL && this != MODEL_OPERATION);
    }

    /** The series' values of this cube's dimensions. */
    public List<String> dims(Series series) {
        return switch (this) {
            case PROJECT -> List.of();
            case ENVIRONMENT -> List.of(series.environment());
            case KIND -> List.of(series.kind().label());
            case MODEL -> List.of(series.provider(), series.model());
            case OPERATION -> List.of(series.name());
            case MODEL_OPERATION -> List.of(series.provider(), series.model(), series.name());
            case JOINT ->
                List.of(
                        series.environment(),
                        series.kind().label(),
                        series.provider(),
                        series.model(),
                        series.name(),
                        series.release(),
                        "");
        };
    }

    /**
     * @throws IllegalArgumentException for a code that is not compared
     */
    public static Cube of(int code) {
        for (Cube cube : values()) {
            if (cube.code == code) {
                return cube;
            }
        }
        throw new IllegalArgumentException("no cube has the code " + code);
    }
}
