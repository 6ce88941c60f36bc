package io.millrace.bench.flow;

import io.millrace.bench.command.Benchmark;

/** {@code ./millrace bench flow}. */
public final class FlowBenchmark implements Benchmark {
    @Override
    public int run(String[] words) throws Exception {
        return 2;
    }
}
