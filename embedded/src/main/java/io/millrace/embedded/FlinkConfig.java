package io.millrace.embedded;

import java.nio.file.Path;

/**
 * How the Flink cluster is set up.
 *
 * @param checkpoints where the jobs' checkpoints are kept
 * @param temporary a folder that is empty at the start; nothing in it has to last
 * @param port the REST endpoint's port on loopback
 * @param slots how many parallel pipelines the cluster runs, over all jobs
 * @param password what callers of the REST endpoint have to know
 */
public record FlinkConfig(Path checkpoints, Path temporary, int port, int slots, String password) {

    /** A free port, and the folder {@code flink} and the secret {@code flink} of a data folder. */
    public static FlinkConfig in(DataFolder data, int slots) {
        return new FlinkConfig(
                data.folder("flink/checkpoints"), data.emptied("flink/tmp"), Ports.free(), slots, data.secret("flink"));
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "FlinkConfig[checkpoints=" + checkpoints + ", port=" + port + ", slots=" + slots + "]";
    }
}
