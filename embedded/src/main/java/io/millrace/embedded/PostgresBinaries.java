package io.millrace.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The programs of Postgres for this platform, unpacked once from the class path. */
final class PostgresBinaries {
    /** Of the archives on the class path; another version is unpacked beside it. */
    static final String VERSION = "18.4.0";

    private PostgresBinaries() {}

    /**
     * The folder with {@code bin}, {@code lib} and {@code share}; unpacked below {@code parent} where it is missing.
     *
     * @throws IllegalStateException if there are no programs for this platform; the message names it
     */
    static Path in(Path parent) {
        var folder = parent.resolve("bin-" + VERSION);
        if (Files.isDirectory(folder)) return folder;
        try (var archive = archive()) {
            Files.createDirectories(parent);
            var beside = Files.createTempDirectory(parent, "unpack-");
            unpack(archive, beside);
            publish(beside, folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack postgres into " + parent, e);
        }
    }

    /** Another process may have unpacked at the same time: the first one wins. */
    private static void publish(Path beside, Path folder) throws IOException {
        readableForAll(beside);
        try {
            Files.move(beside, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(folder)) throw e;
            PrivateFiles.delete(beside);
        }
    }

    private static void readableForAll(Path folder) throws IOException {
        var permissions = Files.getPosixFilePermissions(folder);
        permissions.add(PosixFilePermission.OTHERS_READ);
        permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        Files.setPosixFilePermissions(folder, permissions);
    }

    private static InputStream archive() {
        var name = "/postgres-" + system() + "-" + architecture() + ".txz";
        var stream = PostgresBinaries.class.getResourceAsStream(name);
        if (stream == null) {
            throw new IllegalStateException("there is no embedded postgres for " + System.getProperty("os.name")
                    + " on " + System.getProperty("os.arch") + " (" + name + ")");
        }
        return stream;
    }

    private static String system() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
    }

    private static String architecture() {
        var name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> name;
        };
    }

    private static void unpack(InputStream archive, Path into) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZInputStream(archive))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                var path = into.resolve(entry.getName()).normalize();
                if (!path.startsWith(into)) throw new IOException("the archive leads outside: " + entry.getName());
                write(tar, entry, path);
            }
        }
    }

    private static void write(InputStream content, TarArchiveEntry entry, Path path) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(content, path);
        if ((entry.getMode() & 0100) != 0) {
            var permissions = EnumSet.allOf(PosixFilePermission.class);
            permissions.remove(PosixFilePermission.GROUP_WRITE);
            permissions.remove(PosixFilePermission.OTHERS_WRITE);
            Files.setPosixFilePermissions(path, permissions);
        }
    }
}
