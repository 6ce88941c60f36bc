package io.millrace.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The program of Redis: that of the system where it has one, else the one on the class path. */
final class RedisProgram {
    private static final List<String> INSTALLED = List.of("redis-server", "valkey-server");

    /** By platform; a later one is for systems on which the one before does not run. */
    private static final List<String> LINUX_X86 =
            List.of("redis-server-6.2.6-v5-linux-amd64", "redis-server-6.2.7-linux-386");

    private static final List<String> LINUX_ARM = List.of("redis-server-6.2.7-linux-arm64");
    private static final List<String> MAC_X86 = List.of("redis-server-6.2.6-v5-darwin-amd64");
    private static final List<String> MAC_ARM = List.of("redis-server-6.2.6-v5-darwin-arm64");

    private RedisProgram() {}

    /**
     * What to call; unpacked into {@code folder} if the system has none.
     *
     * @throws IllegalStateException if nothing runs here; the message says what to do
     */
    static String in(Path folder) {
        return INSTALLED.stream()
                .filter(RedisProgram::runs)
                .findFirst()
                .or(() -> bundled().stream()
                        .flatMap(name -> unpacked(name, folder).stream())
                        .filter(RedisProgram::runs)
                        .findFirst())
                .orElseThrow(() -> new IllegalStateException("no redis runs on " + System.getProperty("os.name")
                        + " on " + System.getProperty("os.arch") + ": install redis-server"));
    }

    private static boolean runs(String program) {
        return Command.succeeds(List.of(program, "--version"));
    }

    private static List<String> bundled() {
        boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
        var architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return switch (architecture) {
            case "amd64", "x86_64" -> mac ? MAC_X86 : LINUX_X86;
            case "aarch64", "arm64" -> mac ? MAC_ARM : LINUX_ARM;
            default -> List.of();
        };
    }

    /** Nowhere near {@code /tmp}, which may be mounted so that nothing in it can be run. */
    private static Optional<String> unpacked(String name, Path folder) {
        var program = folder.resolve(name);
        if (Files.exists(program)) return Optional.of(program.toString());
        try (InputStream content = RedisProgram.class.getResourceAsStream("/" + name)) {
            if (content == null) return Optional.empty();
            var beside = Files.createTempFile(folder, "redis-", ".new");
            Files.copy(content, beside, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rwx------"));
            Files.move(beside, program, StandardCopyOption.ATOMIC_MOVE);
            return Optional.of(program.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack redis into " + folder, e);
        }
    }
}
