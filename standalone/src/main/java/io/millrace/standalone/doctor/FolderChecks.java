package io.millrace.standalone.doctor;

import io.millrace.embedded.DataFolderView;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What is looked at in a data folder. */
public final class FolderChecks {
    private static final List<String> PARTS = List.of("kafka", "postgres", "flink", "blobs");
    private static final List<String> FILES = List.of("secrets", "credentials.json", "ports.json");

    private final DataFolderView folder;
    private final Map<String, Integer> ports;

    /**
     * @param ports that a start would take, by the name of the service; 0 for any free one
     */
    public FolderChecks(DataFolderView folder, Map<String, Integer> ports) {
        this.folder = folder;
        this.ports = new LinkedHashMap<>(ports);
    }

    /** All checks; of a folder that is not there yet, those of where it would be. */
    public List<Check> all() {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check(
                "Java", () -> List.of(FolderJudgement.java(Runtime.version().feature()))));
        if (Files.isDirectory(folder.root())) {
            checks.add(new Check("use", () -> List.of(FolderJudgement.use(folder.owner()))));
            checks.add(new Check("permissions", this::permissions));
            checks.add(new Check("Postgres", () -> List.of(FolderJudgement.programs(folder.postgresRuns()))));
            checks.add(new Check(
                    "processes", () -> FolderJudgement.orphans(folder.owner(), folder.postgres(), folder.redis())));
            checks.add(new Check(
                    "checkpoint",
                    () -> List.of(FolderJudgement.checkpoint(
                            Files.isDirectory(folder.root().resolve("kafka")), folder.hasCheckpoint()))));
            checks.add(new Check("sizes", () -> List.of(FolderJudgement.sizes(sizes()))));
        } else {
            checks.add(new Check("folder", () -> List.of(Finding.ok(folder.root() + " is made at the first start"))));
        }
        checks.add(new Check("disk", this::disk));
        checks.add(new Check("ports", this::ports));
        return checks;
    }

    private List<Finding> permissions() throws IOException {
        List<Finding> findings = new ArrayList<>();
        findings.add(of(folder.root(), true));
        for (String file : FILES) {
            Path path = folder.root().resolve(file);
            if (Files.exists(path)) {
                findings.add(of(path, false));
            }
        }
        return findings;
    }

    private static Finding of(Path path, boolean isFolder) throws IOException {
        return FolderJudgement.permissions(path.toString(), Files.getPosixFilePermissions(path), isFolder);
    }

    private List<Finding> disk() {
        Path path = folder.root();
        while (!Files.exists(path) && path.getParent() != null) {
            path = path.getParent();
        }
        return List.of(FolderJudgement.disk(
                path.toFile().getUsableSpace(), path.toFile().getTotalSpace()));
    }

    private List<Finding> ports() {
        OptionalLong owner = folder.owner();
        List<Finding> findings = new ArrayList<>();
        ports.forEach((service, wanted) -> {
            OptionalInt told = owner.isPresent() ? folder.port(service) : OptionalInt.empty();
            int port = told.orElse(wanted);
            if (port != 0) {
                findings.add(FolderJudgement.port("--" + service + "-port", port, isFree(port), told.isPresent()));
            }
        });
        return findings;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Map<String, Long> sizes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (String part : PARTS) {
            Path path = folder.root().resolve(part);
            if (Files.isDirectory(path)) {
                sizes.put(part, size(path.toFile()));
            }
        }
        return sizes;
    }

    /** Files come and go while a stack runs: what is gone has no size, which walking a folder would take for an error. */
    private static long size(File folder) {
        File[] files = folder.listFiles();
        long bytes = 0;
        for (File file : files == null ? new File[0] : files) {
            bytes += file.isDirectory() && !Files.isSymbolicLink(file.toPath()) ? size(file) : file.length();
        }
        return bytes;
    }
}
