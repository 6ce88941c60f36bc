package io.millrace.bench.stack;

import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.UsageException;
import io.millrace.bench.stack.Stack.Launch;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where a benchmark finds the script that starts stacks, and where it keeps their data. */
public final class Site {
    private static final String SCRIPT = "millrace";

    private Site() {}

    /**
     * How to start the stack of a benchmark: with {@code --millrace}, else the script of this build; in {@code --data},
     * else a new temporary folder.
     *
     * @param environment more environment variables for it
     */
    public static Launch launch(Arguments arguments, Map<String, String> environment) throws IOException {
        Path script = arguments.path("millrace").orElseGet(Site::scriptOfThisBuild);
        if (!Files.isExecutable(script)) {
            throw new UsageException("cannot run " + script + ": name the script with --millrace");
        }
        Path data = arguments.path("data").orElse(null);
        if (data == null) {
            data = Files.createTempDirectory("millrace-bench-").resolve("data");
        }
        Files.createDirectories(data);
        return new Launch(script, data, data.resolveSibling(data.getFileName() + ".log"), environment);
    }

    /** The script lies two folders above the jar, {@code bench/target/bench.jar}. */
    private static Path scriptOfThisBuild() {
        try {
            Path code = Path.of(Site.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            for (Path folder = code; folder != null; folder = folder.getParent()) {
                Path script = folder.resolve(SCRIPT);
                if (Files.isRegularFile(script)) {
                    return script;
                }
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the code lies at no path", e);
        }
        return Path.of(SCRIPT).toAbsolutePath();
    }
}
