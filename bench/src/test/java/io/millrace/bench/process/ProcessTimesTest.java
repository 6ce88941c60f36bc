package io.millrace.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTimesTest {
    private static final String AFTER_NAME = " S 1 42 42 0 -1 4194560 1000 2000 0 0 ";

    @TempDir
    Path proc;

    @Test
    void readsTheTimesBehindAnyName() throws IOException {
        // Given: 30 + 12 ticks of its own, 5 + 1 of children that ended
        write("42/stat", "42 (post) gres: x)" + AFTER_NAME + "30 12 5 1 20 0 7 0");

        // When
        ProcessTimes times = new ProcessTimes(proc);

        // Then
        assertThat(times.ofProcess(42)).isEqualTo(420_000);
        assertThat(times.ofProcess(43)).isZero();
    }

    @Test
    void addsUpThreadsThatDifferInDigitsOnly() throws IOException {
        // Given
        thread(1, "GC Thread#0", "3 1");
        thread(2, "GC Thread#1", "2 0");
        thread(3, "vert.x-eventloo", "7 3");

        // When
        Map<String, Long> threads = new ProcessTimes(proc).byThread(42);

        // Then
        assertThat(threads).containsExactly(Map.entry("GC Thread", 60_000L), Map.entry("vert.x-eventloo", 100_000L));
        assertThat(ThreadClass.sums(threads))
                .containsExactly(
                        Map.entry(ThreadClass.GARBAGE_COLLECTION, 60_000L), Map.entry(ThreadClass.HTTP, 100_000L));
    }

    @Test
    void readsTheHeapOfAnAnswer() {
        String answer =
                "4711:\n garbage-first heap   total 262144K, used 81234K [0x00000000c0000000, 0x0000000100000000)\n"
                        + "  region size 1024K, 20 young (20480K), 3 survivors (3072K)\n Metaspace       used 60000K, committed 61000K";

        assertThat(ProcessMemory.heapUsed(answer)).hasValue(81_234L * 1024);
        assertThat(ProcessMemory.heapUsed("no such process")).isEmpty();
    }

    private void thread(int id, String name, String ticks) throws IOException {
        write("42/task/" + id + "/comm", name + "\n");
        write("42/task/" + id + "/stat", id + " (" + name + ")" + AFTER_NAME + ticks + " 0 0 20 0 7 0");
    }

    private void write(String file, String content) throws IOException {
        Path path = proc.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }
}
