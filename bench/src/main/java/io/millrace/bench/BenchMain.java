package io.millrace.bench;

/** Runs one benchmark by name. */
public final class BenchMain {
    private BenchMain() {}

    /**
     * Runs a benchmark and prints its figures.
     *
     * @param arguments the benchmark's name and its options
     */
    public static void main(String[] arguments) {
        var name = arguments.length == 0 ? "(none)" : arguments[0];
        System.err.println("millrace: the benchmark '" + name + "' is not built yet");
        System.exit(2);
    }
}
