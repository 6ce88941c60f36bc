package io.millrace.bench.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleBiFunction;

/**
 * A figure relative to another one of the same run.
 *
 * @param goal what it should be at least; empty for what only has to be known
 */
record Ratio(String name, Spread value, OptionalDouble goal) {

    /** Of figures that were taken in pairs, one soon after the other. */
    static <A, B> Ratio of(
            String name, List<A> ours, List<B> theirs, ToDoubleBiFunction<A, B> relation, OptionalDouble goal) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            values.add(relation.applyAsDouble(ours.get(i), theirs.get(i)));
        }
        return new Ratio(name, Spread.of(values), goal);
    }

    /** How many spans one took in the processor time in which the other took one. */
    static Ratio ofSpans(String name, List<Measurement> ours, List<Measurement> theirs, OptionalDouble goal) {
        return of(
                name,
                ours,
                theirs,
                (our, their) -> our.spansPerProcessorSecond() / their.spansPerProcessorSecond(),
                goal);
    }

    boolean isReached() {
        return goal.isEmpty() || value.median() >= goal.getAsDouble();
    }
}
