package io.millrace.schema.webhook;

import org.jspecify.annotations.Nullable;

/** The headers of a request, by names in whatever case. */
@FunctionalInterface
public interface Headers {
    /** None. */
    Headers NONE = name -> null;

    /** The first value of the header; null when it is not there. */
    @Nullable
    String get(String name);
}
