package io.millrace.bench.edge;

/**
 * What no edge can beat that parses each body and hands its spans to a log: the processor time of both, and of nothing else.
 *
 * @param parse spans per processor second of a plain parse
 * @param producer spans per processor second of a bare producer that sends the records which the edge makes, of many spans each
 * @param singles the same of one that sends each span as a record of its own
 */
record PhysicalLimit(double parse, double producer, double singles) {

    /** Spans per processor second. */
    double spansPerSecond() {
        return both(producer);
    }

    /** Spans per processor second of an edge that writes a record for each span. */
    double singlesPerSecond() {
        return both(singles);
    }

    private double both(double sending) {
        return 1 / (1 / parse + 1 / sending);
    }
}
