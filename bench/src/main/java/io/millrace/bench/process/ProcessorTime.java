package io.millrace.bench.process;

import java.util.Map;
import java.util.TreeMap;

/**
 * Microseconds of processor time so far, or between two moments.
 *
 * @param machine the stack's virtual machine
 * @param postgres the Postgres server with all its processes
 * @param generator this process
 * @param threads of the stack's virtual machine, by name
 */
public record ProcessorTime(long machine, long postgres, long generator, Map<String, Long> threads) {

    public static ProcessorTime now(long machinePid, long postmasterPid) {
        ProcessTimes times = new ProcessTimes();
        return new ProcessorTime(
                times.ofProcess(machinePid),
                times.ofTree(postmasterPid),
                times.ofProcess(ProcessHandle.current().pid()),
                times.byThread(machinePid));
    }

    /** What was used since. Threads that have ended in between are missing from {@link #threads}. */
    public ProcessorTime since(ProcessorTime before) {
        Map<String, Long> used = new TreeMap<>();
        threads.forEach((name, micros) -> used.put(name, micros - before.threads.getOrDefault(name, 0L)));
        return new ProcessorTime(
                machine - before.machine, postgres - before.postgres, generator - before.generator, used);
    }

    /** Of the system under test: without the generator. */
    public long system() {
        return machine + postgres;
    }
}
