package io.millrace.standalone;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The programs of one language in {@code clients} beside the SDKs that they use, installed from the public registry into a
 * folder of {@code target}, once for each state of the file that pins their versions. Where a tool is missing, or the registry
 * does not give the packages, the tests are skipped; where an installation fails for any other reason they fail.
 */
final class InstalledClients {
    private static final Path PROGRAMS = Path.of("..", "clients");
    private static final Path TARGET = Path.of("target", "clients").toAbsolutePath();
    private static final Duration TO_INSTALL = Duration.ofMinutes(3);
    private static final Duration TO_RUN = Duration.ofSeconds(60);
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\S*");

    /** What npm or pip says when the registry is not there, does not let it in, or has no such package for this machine. */
    private static final Pattern NOT_GIVEN = Pattern.compile(
            ".*(code (E[45]\\d\\d|ETARGET|ENOTFOUND|ECONN(REFUSED|RESET)|E(NET|HOST)UNREACH|ETIMEDOUT|EAI_AGAIN"
                    + "|ERR_SOCKET_TIMEOUT|ERR_TLS\\w*|CERT\\w*|SELF_SIGNED\\w*|UNABLE_TO\\w*)"
                    + "|connection broken|[Cc]onnection (error|to .* failed)|[Tt]imed? ?out|(HTTP|SSL|Proxy)Error"
                    + "|[45]\\d\\d (Client|Server) Error|No matching distribution).*");

    private final Path folder;
    private final String interpreter;

    private InstalledClients(Path folder, String interpreter) {
        this.folder = folder;
        this.interpreter = interpreter;
    }

    /** Needs Node 20.6 or newer. */
    static InstalledClients npm() {
        Path folder = copied("npm");
        String version = version(folder, "node", 20_006, 1_000_000, "20.6 or newer");
        if (!isInstalled(folder, "package-lock.json", version)) {
            install(
                    folder,
                    "npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-timeout=30000"
                            + " --fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000");
            markInstalled(folder, "package-lock.json", version);
        }
        return new InstalledClients(folder, "node");
    }

    /** Needs Python 3.11 to 3.14: for later ones not all packages exist in the versions that are pinned. */
    static InstalledClients pypi() {
        Path folder = copied("python");
        String version = version(folder, "python3", 3_011, 3_014, "3.11 to 3.14");
        if (!isInstalled(folder, "requirements.txt", version)) {
            if (!command(folder, "python3 -m venv --clear venv")
                    .run(TO_INSTALL)
                    .orElseThrow()
                    .well()) {
                abort("python3 makes no virtual environments; Debian has them in a package python3-venv");
            }
            install(
                    folder,
                    "venv/bin/python -m pip install --no-deps --only-binary :all: --no-compile --timeout 15 --retries 2"
                            + " --disable-pip-version-check -r requirements.txt");
            markInstalled(folder, "requirements.txt", version);
        }
        return new InstalledClients(folder, folder.resolve("venv/bin/python").toString());
    }

    /**
     * Runs a program to its end.
     *
     * @param name of the files that keep what it says
     * @param settings all that it is told
     */
    ClientReport run(String program, String name, Map<String, String> settings) {
        Command.Ended ended = new Command(folder, name, List.of(interpreter, program))
                .alone(settings)
                .run(TO_RUN)
                .orElseThrow();
        List<String> lines = ended.output().lines().toList();
        if (!ended.well() || lines.isEmpty()) {
            throw new IllegalStateException(program + ": " + ended.told());
        }
        ClientReport report = ClientReport.of(lines.get(lines.size() - 1));
        List<String> complaints = new ArrayList<>(report.complaints());
        ended.errors().lines().filter(line -> !line.isBlank()).forEach(complaints::add);
        return new ClientReport(report.client(), report.version(), report.spans(), complaints);
    }

    private static String version(Path folder, String tool, int from, int to, String needed) {
        Command.Ended asked = command(folder, tool + " --version")
                .run(Duration.ofSeconds(30))
                .orElseGet(() -> abort("there is no " + tool + " on the path"));
        Matcher version = VERSION.matcher(asked.output());
        if (!version.find()) {
            return abort(tool + " does not tell its version");
        }
        int found = Integer.parseInt(version.group(1)) * 1_000 + Integer.parseInt(version.group(2));
        return from <= found && found <= to
                ? version.group()
                : abort("%s is %s, but %s is needed".formatted(tool, version.group(), needed));
    }

    private static void install(Path folder, String words) {
        Command.Ended ended = command(folder, words)
                .run(TO_INSTALL)
                .orElseGet(() -> abort("there is no " + words.substring(0, words.indexOf(' ')) + " on the path"));
        if (!ended.inTime()) {
            abort("its registry had not given the packages after " + TO_INSTALL.toMinutes() + " minutes");
        }
        if (!ended.well()) {
            Stream.concat(ended.errors().lines(), ended.output().lines())
                    .filter(NOT_GIVEN.asMatchPredicate())
                    .findFirst()
                    .ifPresent(line -> abort("its registry does not give the packages: " + line.strip()));
            throw new IllegalStateException(words + ": " + ended.told());
        }
    }

    private static Command command(Path folder, String words) {
        return new Command(folder, "install", List.of(words.split(" ")));
    }

    /** The programs as they are now; what was installed beside them stays. */
    private static Path copied(String language) {
        Path folder = TARGET.resolve(language);
        try (Stream<Path> files = Files.list(PROGRAMS.resolve(language))) {
            Files.createDirectories(folder);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isInstalled(Path folder, String pinned, String version) {
        try {
            Path mark = folder.resolve("installed");
            return Files.exists(mark) && Files.readString(mark).equals(state(folder, pinned, version));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void markInstalled(Path folder, String pinned, String version) {
        try {
            Files.writeString(folder.resolve("installed"), state(folder, pinned, version));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String state(Path folder, String pinned, String version) throws IOException {
        return version + "\n" + Files.readString(folder.resolve(pinned));
    }
}
