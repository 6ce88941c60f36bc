package io.millrace.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Memory of processes, in bytes. */
public record ProcessMemory(long machineResident, long postgresProportional, OptionalLong heapAfterCollection) {
    private static final long KIB = 1024;
    private static final Pattern HEAP_USED = Pattern.compile("heap\\s+total[^,]*, used (\\d+)K");

    /**
     * The resident memory of the virtual machine, the memory of all Postgres processes with each shared page counted once,
     * and the heap after a full collection that this asks for.
     */
    public static ProcessMemory now(long machinePid, long postmasterPid) throws InterruptedException {
        long resident = resident(machinePid);
        long postgres = proportional(postmasterPid);
        for (ProcessHandle descendant : ProcessTimes.descendants(postmasterPid)) {
            postgres += proportional(descendant.pid());
        }
        return new ProcessMemory(resident, postgres, heap(machinePid));
    }

    /** The resident memory of one process; 0 when it is gone. */
    public static long resident(long pid) {
        return kib(Path.of("/proc", Long.toString(pid), "status"), "VmRSS:");
    }

    private static long proportional(long pid) {
        return kib(Path.of("/proc", Long.toString(pid), "smaps_rollup"), "Pss:");
    }

    private static long kib(Path file, String key) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private static OptionalLong heap(long pid) throws InterruptedException {
        jcmd(pid, "GC.run");
        return heapUsed(jcmd(pid, "GC.heap_info"));
    }

    /** Reads the answer of {@code GC.heap_info}. */
    static OptionalLong heapUsed(String answer) {
        Matcher used = HEAP_USED.matcher(answer);
        return used.find() ? OptionalLong.of(Long.parseLong(used.group(1)) * KIB) : OptionalLong.empty();
    }

    private static String jcmd(long pid, String command) throws InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), command)
                    .redirectErrorStream(true)
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(30, TimeUnit.SECONDS);
            return answer;
        } catch (IOException e) {
            return "";
        }
    }
}
