package io.millrace.schema.problem;

/** The {@code type} of a problem document of RFC 9457: stable, absolute, and only a name, since nothing is behind it. */
public final class ProblemName {
    private static final String PREFIX = "urn:millrace:problem:";

    private ProblemName() {}

    /**
     * @param code lower case letters and underscores; the same in every service for the same kind of problem
     */
    public static String of(String code) {
        return PREFIX + code;
    }
}
