package io.millrace.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Processors of their own for what is measured and for what loads it, as if these were two machines. Otherwise what is
 * overloaded takes the processor from what overloads it, and there is no overload.
 */
public final class ProcessorSplit implements AutoCloseable {
    private static final String ALLOWED = "Cpus_allowed_list:";

    private final String all;
    private final String upper;
    private final List<Long> processes;

    private ProcessorSplit(String all, String upper, List<Long> processes) {
        this.all = all;
        this.upper = upper;
        this.processes = processes;
    }

    /**
     * Leaves this process and the others the lower half of its processors: what it starts now finds no more of them, as on a
     * machine of that size. Until this is closed.
     *
     * @throws IOException when there is one processor only, or no {@code taskset} to share them out
     */
    public static ProcessorSplit together(List<Long> others) throws IOException, InterruptedException {
        String all = allowed(Files.readAllLines(Path.of("/proc/self/status")));
        List<Integer> processors = parse(all);
        if (processors.size() < 2) {
            throw new IOException("overload takes at least two processors: one for what loads the edge");
        }
        List<Long> processes = new ArrayList<>(others);
        processes.add(ProcessHandle.current().pid());
        int half = processors.size() / 2;
        ProcessorSplit split = new ProcessorSplit(all, list(processors.subList(half, processors.size())), processes);
        try {
            for (long process : processes) {
                bind(process, list(processors.subList(0, half)));
            }
        } catch (IOException e) {
            split.close();
            throw e;
        }
        return split;
    }

    /** Moves this process to the upper half. */
    public void separate() throws IOException, InterruptedException {
        bind(ProcessHandle.current().pid(), upper);
    }

    private static String allowed(List<String> status) throws IOException {
        return status.stream()
                .filter(line -> line.startsWith(ALLOWED))
                .map(line -> line.substring(ALLOWED.length()).strip())
                .findFirst()
                .orElseThrow(() -> new IOException("the kernel does not say which processors this process may use"));
    }

    /** The numbers of a list such as {@code 0-3,8}. */
    static List<Integer> parse(String list) {
        List<Integer> numbers = new ArrayList<>();
        for (String range : list.split(",")) {
            String[] ends = range.split("-");
            IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
                    .forEach(numbers::add);
        }
        return numbers;
    }

    private static String list(List<Integer> processors) {
        return String.join(",", processors.stream().map(String::valueOf).toList());
    }

    /** Also the threads that it has already. */
    private static void bind(long process, String processors) throws IOException, InterruptedException {
        Process taskset = new ProcessBuilder("taskset", "-a", "-p", "-c", processors, Long.toString(process))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (taskset.waitFor() != 0) {
            throw new IOException("taskset does not give process " + process + " the processors " + processors);
        }
    }

    /** All processes that are still there may use all processors again. */
    @Override
    public void close() throws InterruptedException {
        for (long process : processes) {
            try {
                bind(process, all);
            } catch (IOException e) {
                // It has ended, and needs none.
            }
        }
    }
}
