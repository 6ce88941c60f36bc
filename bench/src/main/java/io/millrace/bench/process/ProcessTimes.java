package io.millrace.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Processor time of processes, user and system, as the kernel counts it. */
public final class ProcessTimes {
    /** Of a tick; the kernel has used this unit towards programs on every architecture for decades. */
    private static final long MICROS_PER_TICK = 10_000;

    private static final int USER = 11;
    private static final int CHILDREN_USER = 13;

    private final Path proc;

    public ProcessTimes() {
        this(Path.of("/proc"));
    }

    ProcessTimes(Path proc) {
        this.proc = proc;
    }

    /** Microseconds of the process itself; 0 when it is gone. */
    public long ofProcess(long pid) {
        return micros(proc.resolve(Long.toString(pid)).resolve("stat"), USER);
    }

    /** Microseconds of the process, of its living descendants, and of its children that have ended. */
    public long ofTree(long pid) {
        long sum = ofProcess(pid) + micros(proc.resolve(Long.toString(pid)).resolve("stat"), CHILDREN_USER);
        for (ProcessHandle descendant : descendants(pid)) {
            sum += ofProcess(descendant.pid());
        }
        return sum;
    }

    /** Microseconds of the threads that live, by name without its digits; the kernel keeps fifteen characters of it. */
    public Map<String, Long> byThread(long pid) {
        Map<String, Long> sums = new TreeMap<>();
        try (Stream<Path> threads = Files.list(proc.resolve(Long.toString(pid)).resolve("task"))) {
            threads.forEach(thread -> sums.merge(name(thread), micros(thread.resolve("stat"), USER), Long::sum));
        } catch (IOException e) {
            return sums;
        }
        return sums;
    }

    static List<ProcessHandle> descendants(long pid) {
        return ProcessHandle.of(pid)
                .map(handle -> handle.descendants().toList())
                .orElse(List.of());
    }

    private static String name(Path thread) {
        try {
            return Files.readString(thread.resolve("comm"))
                    .strip()
                    .replaceAll("[0-9]+", "")
                    .replaceAll("[-#_ ]+$", "");
        } catch (IOException e) {
            return "(ended)";
        }
    }

    /** Two fields of a stat line, counted from what follows the name in parentheses, which may hold anything. */
    private static long micros(Path stat, int firstField) {
        try {
            // A thread's name need not be UTF-8.
            String line = new String(Files.readAllBytes(stat), StandardCharsets.ISO_8859_1);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[firstField]) + Long.parseLong(fields[firstField + 1])) * MICROS_PER_TICK;
        } catch (IOException e) {
            return 0;
        }
    }
}
