package io.millrace.bench.load;

/**
 * Ids and tokens of one trace, all functions of its number.
 *
 * @param number differs between any two traces of any runs, but for collisions of 64 bits
 */
record TraceNumbers(long number) {

    long high() {
        return Mix.of(number);
    }

    long low() {
        return Mix.of(number, 1);
    }

    long spanId(Place place) {
        return Mix.of(number, 2L + place.ordinal());
    }

    /** The tokens that the span reports. */
    Call call(SpanPlan plan) {
        return switch (plan.tokens()) {
            case NONE -> new Call(0, 0, 0, 0, 0);
            case EMBEDDED -> Call.draw(Model.TEXT_EMBEDDING_3_SMALL, number, 0);
            case FIRST -> Call.draw(plan.first(), number, 1);
            case SECOND, SECOND_REPEATED -> Call.draw(plan.second(), number, 2);
            case BOTH_REPEATED -> sum(Call.draw(plan.first(), number, 1), Call.draw(plan.second(), number, 2));
        };
    }

    private static Call sum(Call first, Call second) {
        return new Call(first.input() + second.input(), 0, 0, first.output() + second.output(), 0);
    }
}
