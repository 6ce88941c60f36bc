package io.millrace.query.http;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer other than success. It has no stack trace, since it is no bug. */
public final class Problem extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ProblemType type;
    private final ArrayList<FieldError> errors;

    /**
     * What is wrong with one field.
     *
     * @param field the parameter, or the path of the field in the body
     */
    public record FieldError(String field, String detail) implements java.io.Serializable {}

    private Problem(ProblemType type, String detail, List<FieldError> errors) {
        super(detail, null, false, false);
        this.type = type;
        this.errors = new ArrayList<>(errors);
    }

    public static Problem of(ProblemType type, String detail) {
        return new Problem(type, detail, List.of());
    }

    /** A problem with these fields. */
    public static Problem of(ProblemType type, String detail, List<FieldError> errors) {
        return new Problem(type, detail, errors);
    }

    /** A parameter whose value cannot be used. */
    public static Problem parameter(String name, String detail) {
        return new Problem(ProblemType.INVALID_PARAMETER, name + ": " + detail, List.of(new FieldError(name, detail)));
    }

    /** A field of the body whose value cannot be used. */
    public static Problem field(String name, String detail) {
        return new Problem(ProblemType.INVALID_BODY, name + ": " + detail, List.of(new FieldError(name, detail)));
    }

    public static Problem notAvailable(String what) {
        return of(ProblemType.NOT_AVAILABLE, what + " is not available in this version");
    }

    public static Problem unavailable(String what) {
        return of(ProblemType.UNAVAILABLE, what);
    }

    public ProblemType type() {
        return type;
    }

    public String detail() {
        @Nullable String message = getMessage();
        return message == null ? type.title() : message;
    }

    public List<FieldError> errors() {
        return errors;
    }
}
