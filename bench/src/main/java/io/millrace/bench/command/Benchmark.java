package io.millrace.bench.command;

/** One benchmark of {@code ./millrace bench}. */
@FunctionalInterface
public interface Benchmark {
    /**
     * Runs it and prints its figures.
     *
     * @param words the options
     * @return the exit code: 0 when everything is as promised, 1 when not
     * @throws UsageException when the options cannot be understood
     */
    int run(String[] words) throws Exception;
}
