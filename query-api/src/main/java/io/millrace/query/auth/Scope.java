package io.millrace.query.auth;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a key may do. */
public enum Scope {
    /** Send. */
    INGEST,
    /** See all of the project. */
    READ,
    /** Make projects and keys, and see every project. */
    ADMIN;

    /** The lower-case name of rows and of the API. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Scope> of(String label) {
        return Arrays.stream(values())
                .filter(scope -> scope.label().equals(label))
                .findFirst();
    }
}
