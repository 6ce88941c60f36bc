package io.millrace.standalone.doctor;

import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** What is thought of a data folder and of the machine it is on. */
final class FolderJudgement {
    private static final int LEAST_JAVA = 17;
    /** Below this the edge takes nothing. */
    private static final double LEAST_FREE = 0.10;

    private static final double LITTLE_FREE = 0.15;

    /** Others may pass through a folder where Postgres runs as another user. */
    private static final Set<PosixFilePermission> OF_THE_OWNER = Set.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.OTHERS_EXECUTE);

    private FolderJudgement() {}

    static Finding java(int version) {
        return version >= LEAST_JAVA
                ? Finding.ok("Java " + version)
                : Finding.fail("Java " + version, "install a JDK " + LEAST_JAVA + " or newer, or set JAVA_HOME");
    }

    static Finding permissions(String path, Set<PosixFilePermission> permissions, boolean folder) {
        return OF_THE_OWNER.containsAll(permissions)
                ? Finding.ok(path + " is for its owner only")
                : Finding.fail(
                        path + " can be read or written by others", "chmod " + (folder ? "700 " : "600 ") + path);
    }

    static Finding use(OptionalLong owner) {
        return Finding.ok(
                owner.isPresent()
                        ? "the folder is in use by process " + owner.getAsLong()
                        : "the folder is free to use");
    }

    static Finding disk(long usable, long total) {
        double free = total == 0 ? 1 : (double) usable / total;
        String what = String.format(Locale.ROOT, "%.0f %% of the volume is free", Math.floor(free * 100));
        if (free < LEAST_FREE) {
            return Finding.fail(what, "make room: below 10 % the edge takes no spans");
        }
        return free < LITTLE_FREE
                ? Finding.warn(what, "make room soon: below 10 % the edge takes no spans")
                : Finding.ok(what);
    }

    /**
     * @param ours whether this folder's own stack has it
     */
    static Finding port(String option, int port, boolean free, boolean ours) {
        if (ours) {
            return free
                    ? Finding.fail(
                            "nobody listens on port " + port + " (" + option + ")", "stop the stack and start it again")
                    : Finding.ok("port " + port + " (" + option + ") is taken by this stack");
        }
        return free
                ? Finding.ok("port " + port + " (" + option + ") is free")
                : Finding.fail(
                        "port " + port + " is taken by another process", "stop it, or choose another with " + option);
    }

    static Finding programs(Optional<Boolean> run) {
        if (run.isEmpty()) {
            return Finding.ok("the programs of Postgres are unpacked at the first start");
        }
        return run.get()
                ? Finding.ok("the programs of Postgres run as this user")
                : Finding.fail(
                        "the programs of Postgres do not run as this user",
                        "delete postgres/bin-* in the folder; is its volume mounted noexec?");
    }

    static List<Finding> orphans(OptionalLong owner, OptionalLong postgres, OptionalLong redis) {
        List<Finding> orphans = new ArrayList<>();
        if (owner.isEmpty()) {
            postgres.ifPresent(process -> orphans.add(orphan("Postgres", process, "INT")));
            redis.ifPresent(process -> orphans.add(orphan("Redis", process, "TERM")));
        }
        return orphans.isEmpty() ? List.of(Finding.ok("no process was left behind")) : orphans;
    }

    private static Finding orphan(String server, long process, String signal) {
        return Finding.warn(
                server + " runs without its stack, as process " + process,
                "the next start stops it; to do so now: kill -" + signal + " " + process);
    }

    static Finding checkpoint(boolean begun, boolean there) {
        if (!begun) {
            return Finding.ok("nothing was stored yet");
        }
        return there
                ? Finding.ok("a whole checkpoint is there")
                : Finding.warn(
                        "there is no whole checkpoint", "the next start reads the log from its beginning; wait for it");
    }

    static Finding sizes(Map<String, Long> bytes) {
        return Finding.ok("sizes: "
                + bytes.entrySet().stream()
                        .map(part -> part.getKey() + " " + megabytes(part.getValue()))
                        .collect(Collectors.joining(", ")));
    }

    private static String megabytes(long bytes) {
        return (bytes + (1 << 20) - 1) / (1 << 20) + " MiB";
    }
}
