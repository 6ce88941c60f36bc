package io.millrace.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.JobID;

/** The checkpoints of jobs on disk, as {@code <folder>/<job id>/chk-<number>/_metadata}. */
final class Checkpoints {
    private static final String PREFIX = "chk-";
    /** The newest, and one more should that one turn out to be unreadable. */
    private static final int KEPT = 2;

    private final Path folder;

    Checkpoints(Path folder) {
        this.folder = folder;
    }

    /** The newest checkpoint of the job that is whole. */
    Optional<Path> newest(JobID job) {
        return all(job).stream().filter(Checkpoints::isWhole).findFirst();
    }

    /** Deletes what no restart will need: attempts that never became whole, and all but the newest. */
    void tidy(JobID job) {
        var whole = all(job).stream().filter(Checkpoints::isWhole).limit(KEPT).toList();
        try {
            for (var checkpoint : all(job)) if (!whole.contains(checkpoint)) PrivateFiles.delete(checkpoint);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete old checkpoints in " + folder, e);
        }
    }

    private static boolean isWhole(Path checkpoint) {
        return Files.isRegularFile(checkpoint.resolve("_metadata"));
    }

    private List<Path> all(JobID job) {
        var jobFolder = folder.resolve(job.toHexString());
        if (!Files.isDirectory(jobFolder)) return List.of();
        try (var entries = Files.list(jobFolder)) {
            return entries.filter(path -> number(path) >= 0)
                    .sorted(Comparator.comparingLong(Checkpoints::number).reversed())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + jobFolder, e);
        }
    }

    private static long number(Path checkpoint) {
        var name = checkpoint.getFileName().toString();
        if (!name.startsWith(PREFIX)) return -1;
        try {
            return Long.parseLong(name.substring(PREFIX.length()));
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
