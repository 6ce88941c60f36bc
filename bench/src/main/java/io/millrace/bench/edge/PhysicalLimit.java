package io.millrace.bench.edge;

/**
 * What no edge can beat that parses each body and hands its spans to a log: the processor time of both, and of nothing else.
 *
 * @param parse spans per processor second of a plain parse
 * @param producer spans per processor second of a bare producer
 */
record PhysicalLimit(double parse, double producer) {

    /** Spans per processor second. */
    double spansPerSecond() {
        return 1 / (1 / parse + 1 / producer);
    }
}
