package io.millrace.clients;

import io.millrace.clients.ClientProgram.Language;
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
 * folder of {@code target}, once for each state of the file that pins their versions. What is said by a tool that is missing,
 * or by a registry that does not give the packages, is {@link ClientsMissing}; any other failure is one.
 */
public final class InstalledClients {
    private static final Duration TO_INSTALL = Duration.ofMinutes(3);
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\S*");

    /** What npm or pip says when the registry is not there, does not let it in, or has no such package for this machine. */
    private static final Pattern NOT_GIVEN = Pattern.compile(
            ".*(code (E[45]\\d\\d|ETARGET|ENOTFOUND|ECONN(REFUSED|RESET)|E(NET|HOST)UNREACH|ETIMEDOUT|EAI_AGAIN"
                    + "|ERR_SOCKET_TIMEOUT|ERR_TLS\\w*|CERT\\w*|SELF_SIGNED\\w*|UNABLE_TO\\w*)"
                    + "|connection broken|[Cc]onnection (error|to .* failed)|[Tt]imed? ?out|(HTTP|SSL|Proxy)Error"
                    + "|[45]\\d\\d (Client|Server) Error|No matching distribution).*");

    private final Path folder;
    private final List<String> interpreter;

    private InstalledClients(Path folder, List<String> interpreter) {
        this.folder = folder;
        this.interpreter = interpreter;
    }

    /**
     * Installs what is not there yet.
     *
     * @param root of the project
     * @throws ClientsMissing when they cannot be had here
     */
    public static InstalledClients of(Language language, Path root) {
        return switch (language) {
            case JAVA -> java(root);
            case NPM -> npm(root);
            case PYPI -> pypi(root);
        };
    }

    /** {@link JavaClient} on the class path of this process. */
    private static InstalledClients java(Path root) {
        Path folder = target(root, "java");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path classes = Path.of("").toAbsolutePath();
        String classPath = Stream.of(System.getProperty("java.class.path").split(":"))
                .map(entry -> classes.resolve(entry).toString())
                .reduce((one, other) -> one + ":" + other)
                .orElseThrow();
        return new InstalledClients(
                folder,
                List.of(java.toString(), "-Xmx128m", "-XX:+UseSerialGC", "-cp", classPath, JavaClient.class.getName()));
    }

    /** Needs Node 20.6 or newer. */
    private static InstalledClients npm(Path root) {
        Path folder = copied(root, "npm");
        String version = version(folder, "node", 20_006, 1_000_000, "20.6 or newer");
        if (!isInstalled(folder, "package-lock.json", version)) {
            install(
                    folder,
                    "npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-timeout=30000"
                            + " --fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000");
            markInstalled(folder, "package-lock.json", version);
        }
        return new InstalledClients(folder, List.of("node"));
    }

    /** Needs Python 3.11 to 3.14: for later ones not all packages exist in the versions that are pinned. */
    private static InstalledClients pypi(Path root) {
        Path folder = copied(root, "python");
        String version = version(folder, "python3", 3_011, 3_014, "3.11 to 3.14");
        if (!isInstalled(folder, "requirements.txt", version)) {
            if (!command(folder, "python3 -m venv --clear venv")
                    .run(TO_INSTALL)
                    .orElseThrow()
                    .well()) {
                throw new ClientsMissing(
                        "python3 makes no virtual environments; Debian has them in a package python3-venv");
            }
            install(
                    folder,
                    "venv/bin/python -m pip install --no-deps --only-binary :all: --no-compile --timeout 15 --retries 2"
                            + " --disable-pip-version-check -r requirements.txt");
            markInstalled(folder, "requirements.txt", version);
        }
        return new InstalledClients(
                folder, List.of(folder.resolve("venv/bin/python").toString()));
    }

    /**
     * Runs a program to its end, or to the limit.
     *
     * @param settings all that it is told
     * @param rounds how often its agent runs, and how long after one the next begins
     * @throws IllegalStateException when it ended without a word of itself
     */
    public ClientEnd run(ClientProgram program, Map<String, String> settings, Rounds rounds, Duration limit) {
        List<String> words = new ArrayList<>(interpreter);
        if (!program.file().isEmpty()) {
            words.add(program.file());
        }
        words.addAll(rounds.arguments());
        Command.Ended ended = new Command(folder, program.name(), words)
                .alone(settings)
                .run(limit)
                .orElseThrow();
        List<String> reports =
                ended.output().lines().filter(line -> line.startsWith("{")).toList();
        if (reports.isEmpty()) {
            throw new IllegalStateException(program.name() + ": " + ended.told());
        }
        ClientReport last = ClientReport.of(reports.get(reports.size() - 1));
        List<String> complaints = new ArrayList<>(last.complaints());
        ended.errors().lines().filter(line -> !line.isBlank()).forEach(complaints::add);
        ClientReport whole = new ClientReport(last.client(), last.version(), last.spans(), complaints);
        return new ClientEnd(whole, ended.well(), ended.told());
    }

    private static String version(Path folder, String tool, int from, int to, String needed) {
        Command.Ended asked = command(folder, tool + " --version")
                .run(Duration.ofSeconds(30))
                .orElseThrow(() -> new ClientsMissing("there is no " + tool + " on the path"));
        Matcher version = VERSION.matcher(asked.output());
        if (!version.find()) {
            throw new ClientsMissing(tool + " does not tell its version");
        }
        int found = Integer.parseInt(version.group(1)) * 1_000 + Integer.parseInt(version.group(2));
        if (found < from || to < found) {
            throw new ClientsMissing("%s is %s, but %s is needed".formatted(tool, version.group(), needed));
        }
        return version.group();
    }

    private static void install(Path folder, String words) {
        Command.Ended ended = command(folder, words)
                .run(TO_INSTALL)
                .orElseThrow(() ->
                        new ClientsMissing("there is no " + words.substring(0, words.indexOf(' ')) + " on the path"));
        if (!ended.inTime()) {
            throw new ClientsMissing(
                    "its registry had not given the packages after " + TO_INSTALL.toMinutes() + " minutes");
        }
        if (!ended.well()) {
            Stream.concat(ended.errors().lines(), ended.output().lines())
                    .filter(NOT_GIVEN.asMatchPredicate())
                    .findFirst()
                    .ifPresent(line -> {
                        throw new ClientsMissing("its registry does not give the packages: " + line.strip());
                    });
            throw new IllegalStateException(words + ": " + ended.told());
        }
    }

    private static Command command(Path folder, String words) {
        return new Command(folder, "install", List.of(words.split(" ")));
    }

    /** The programs as they are now; what was installed beside them stays. */
    private static Path copied(Path root, String language) {
        Path folder = target(root, language);
        try (Stream<Path> files = Files.list(root.resolve("clients").resolve(language))) {
            Files.createDirectories(folder);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path target(Path root, String language) {
        return root.resolve("clients/target/installed").resolve(language).toAbsolutePath();
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
