package io.millrace.bench.process;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What threads of a stack's virtual machine work for, told by their names. */
public enum ThreadClass {
    GARBAGE_COLLECTION("GC Thread", "G1 "),
    COMPILATION("C1 Compiler", "C2 Compiler"),
    HTTP("vert.x-", "vertx-"),
    KAFKA_CLIENTS("kafka-producer", "kafka-admin", "kafka-coordinat"),
    KAFKA_BROKER(
            "data-plane", "control-plane", "kafka-", "raft-", "quorum-", "log-", "Expiration", "executor-", "broker-"),
    FLINK_SOURCE("Source"),
    FLINK_RUNTIME("flink-", "jobmanager", "Checkpoint", "AsyncOperation", "pekko", "OutputFlusher"),
    /** Tasks of the jobs bear the names of their operators. */
    JOBS_AND_OTHERS();

    private final List<String> prefixes;

    ThreadClass(String... prefixes) {
        this.prefixes = List.of(prefixes);
    }

    static ThreadClass of(String thread) {
        for (ThreadClass candidate : values()) {
            if (candidate.prefixes.stream().anyMatch(thread::startsWith)) {
                return candidate;
            }
        }
        return JOBS_AND_OTHERS;
    }

    /** Sums what was measured by thread. */
    public static Map<ThreadClass, Long> sums(Map<String, Long> byThread) {
        Map<ThreadClass, Long> sums = new TreeMap<>();
        byThread.forEach((thread, micros) -> sums.merge(of(thread), micros, Long::sum));
        return sums;
    }
}
