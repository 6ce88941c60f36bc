package io.millrace.jobs.log;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Lets a fault run fail a task of the job, or keep it from understanding anything, from outside, as any bug would. Off
 * unless a folder is configured.
 *
 * @param folder a file {@code fail-task} in it makes the next tick fail; while it has a file {@code reject-records}, no
 *     record is understood from the next tick on; null: never
 */
public record FaultHook(@Nullable String folder) implements Serializable {
    public static final FaultHook OFF = new FaultHook(null);

    void onTick() throws Exception {
        if (folder != null && Files.deleteIfExists(Path.of(folder, "fail-task"))) {
            throw new IllegalStateException("failed on request of a fault run");
        }
    }

    boolean rejectsRecords() {
        return folder != null && Files.exists(Path.of(folder, "reject-records"));
    }
}
