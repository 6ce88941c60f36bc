package io.millrace.bench.load;

import org.jspecify.annotations.Nullable;

/**
 * What one span of a template is, but for what is patched.
 *
 * @param trace which of the batch's traces it belongs to
 * @param model null for spans that call none
 * @param first the model of the trace's first call
 * @param second the model of the trace's second call
 * @param text whether prompt and answer come along
 */
record SpanPlan(
        int trace,
        Place place,
        Kind kind,
        String name,
        @Nullable Model model,
        Model first,
        Model second,
        boolean failed,
        boolean text) {

    Place.Tokens tokens() {
        return place == Place.LOOKUP && kind == Kind.RETRIEVER ? Place.Tokens.NONE : place.tokens();
    }
}
