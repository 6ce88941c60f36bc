package io.millrace.bench.edge;

import io.millrace.bench.edge.LoadTally.Counts;

/**
 * What was taken in a while, and what it cost.
 *
 * @param seconds by the wall
 * @param counts of requests that were answered in that time
 * @param used processor time
 */
record Measurement(double seconds, Counts counts, Used used) {

    /**
     * Microseconds of processor time.
     *
     * @param subject the process that took the requests
     * @param compiler of that, what its virtual machine took to compile
     * @param broker the log behind it
     * @param redis where limits are counted
     * @param generator what sent
     */
    record Used(long subject, long compiler, long broker, long redis, long generator) {
        Used since(Used before) {
            return new Used(
                    subject - before.subject,
                    compiler - before.compiler,
                    broker - before.broker,
                    redis - before.redis,
                    generator - before.generator);
        }

        long all() {
            return subject + broker + redis + generator;
        }
    }

    long spans() {
        return counts.taken() * Payload.SPANS_PER_BODY;
    }

    /** By the wall. */
    double spansPerSecond() {
        return spans() / seconds;
    }

    /** Spans per second of processor time of the process that took them. */
    double spansPerProcessorSecond() {
        return spans() * 1e6 / used.subject;
    }

    /** The share of that process that went into compiling: a virtual machine that is warm compiles next to nothing. */
    double compiling() {
        return (double) used.compiler / used.subject;
    }

    /** Processor time of the process that took them. */
    double microsPerSpan() {
        return (double) used.subject / spans();
    }
}
