package io.millrace.ingest;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory of this process, in which edge, broker and client of the tests live together, in bytes.
 *
 * @param resident 0 where the system does not tell
 * @param heap what is in use after a collection
 */
record Memory(long resident, long heap) {
    private static final Logger LOGGER = LoggerFactory.getLogger(Memory.class);
    private static final double MIB = 1 << 20;

    static Memory now() {
        System.gc();
        return new Memory(
                readResident(),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }

    /**
     * Waits until a collection leaves at most so much more than there was, and says what there was and is.
     *
     * @param what happened in between
     */
    void isBackAfter(String what, long more) {
        await(what + " leaves memory behind").atMost(Duration.ofSeconds(100)).until(() -> now().heap <= heap + more);
        Memory after = now();
        LOGGER.atWarn()
                .log(String.format(
                        Locale.ROOT,
                        "%s: resident %.0f -> %.0f MiB, heap after collection %.0f -> %.0f MiB",
                        what,
                        resident / MIB,
                        after.resident / MIB,
                        heap / MIB,
                        after.heap / MIB));
    }

    private static long readResident() {
        try {
            Path status = Path.of("/proc/self/status");
            return !Files.isReadable(status)
                    ? 0
                    : Files.readAllLines(status).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                            .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
