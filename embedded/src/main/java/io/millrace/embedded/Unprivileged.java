package io.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a child runs that refuses to be root, and how it learns that this process died.
 *
 * <p>As root, a user namespace of its own is best: nothing changes its owner. Where that is forbidden, the child becomes
 * {@code nobody}, and its files with it. As anyone else the child simply runs.
 */
enum Unprivileged {
    /** This process is not root. */
    SELF(List.of(), false),
    NAMESPACE(List.of("unshare", "-U"), false),
    SETPRIV(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"), true),
    RUNUSER(List.of("runuser", "-u", "nobody", "--"), true),
    SU(List.of("su", "-s", "/bin/sh", "nobody", "-c", "exec \"$0\" \"$@\"", "--"), true);

    private static final Logger LOGGER = LoggerFactory.getLogger(Unprivileged.class);
    private static final List<Unprivileged> AS_ROOT = List.of(NAMESPACE, SETPRIV, RUNUSER, SU);

    private final List<String> prefix;
    private final boolean anotherUser;

    Unprivileged(List<String> prefix, boolean anotherUser) {
        this.prefix = prefix;
        this.anotherUser = anotherUser;
    }

    /** The first way that works here. */
    static Unprivileged here() {
        if (!"root".equals(System.getProperty("user.name"))) return SELF;
        return AS_ROOT.stream()
                .filter(way -> Command.succeeds(way.command(List.of("true"))))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException(
                                "postgres refuses to run as root, and none of unshare, setpriv,"
                                        + " runuser and su can start it as somebody else: run Millrace as another user than root"));
    }

    /** The command as it has to be started. */
    List<String> command(List<String> command) {
        var whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }

    /** The command as it has to be started to get the signal when this process dies, where the system can do that. */
    List<String> mortalCommand(List<String> command, String signal) {
        var mortal = List.of("setpriv", "--pdeathsig", signal);
        if (!Command.succeeds(with(mortal, List.of("true")))) return command(command);
        return this == SETPRIV ? with(prefix, with(mortal.subList(1, 3), command)) : command(with(mortal, command));
    }

    private static List<String> with(List<String> first, List<String> then) {
        var whole = new ArrayList<>(first);
        whole.addAll(then);
        return whole;
    }

    /** Lets the child reach and own the folder. */
    void give(Path folder) throws IOException {
        if (!anotherUser) return;
        for (Path parent = folder.getParent(); parent != null; parent = parent.getParent()) letThrough(parent);
        var nobody = folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        try (var paths = Files.walk(folder)) {
            for (var path : (Iterable<Path>) paths::iterator) Files.setOwner(path, nobody);
        }
    }

    private static void letThrough(Path folder) throws IOException {
        var permissions = Files.getPosixFilePermissions(folder);
        if (!permissions.add(PosixFilePermission.OTHERS_EXECUTE)) return;
        LOGGER.atWarn()
                .addKeyValue("path", folder)
                .log("postgres runs as nobody, so others may pass through this folder now");
        Files.setPosixFilePermissions(folder, permissions);
    }
}
