package io.millrace.ingest.otlp;

/**
 * What spans have from where they come.
 *
 * @param origin the index of the origin in the request
 * @param marks what every span from there earns, as bits
 */
record SpanSource(int origin, int marks, Scope scope) {
    SpanSource marked(int more) {
        return more == 0 ? this : new SpanSource(origin, marks | more, scope);
    }
}
