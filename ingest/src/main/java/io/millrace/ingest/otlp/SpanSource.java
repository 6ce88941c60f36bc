package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import org.jspecify.annotations.Nullable;

/**
 * What spans have from where they come.
 *
 * @param origin the index of the origin in the request
 * @param marks what every span from there earns, as bits
 * @param malformed why no span from there can be taken; null when they can
 */
record SpanSource(
        int origin, int marks, Scope scope, @Nullable MalformedSpan malformed) {
    SpanSource(int origin, int marks, Scope scope) {
        this(origin, marks, scope, null);
    }

    /** The source of spans that are refused. */
    static SpanSource malformed(MalformedSpan malformed) {
        return new SpanSource(0, 0, Scope.OTHER, malformed);
    }

    SpanSource marked(int more) {
        return more == 0 ? this : new SpanSource(origin, marks | more, scope, malformed);
    }
}
