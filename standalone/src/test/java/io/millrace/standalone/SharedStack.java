package io.millrace.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** One stack for all tests that neither stop it nor move its time: each makes a project of its own. */
final class SharedStack implements BeforeAllCallback {
    private static Running running;

    /** A stack in a folder that goes with it. */
    private record Running(Stack stack) implements AutoCloseable {
        static Running start() {
            try {
                return new Running(Stack.onChosenServers(Files.createTempDirectory("millrace-e2e-")));
            } catch (IOException e) {
                throw new IllegalStateException("no temporary folder", e);
            }
        }

        @Override
        public void close() throws IOException {
            stack.close();
            delete(stack.folder());
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        running = context.getRoot()
                .getStore(Namespace.create(SharedStack.class))
                .getOrComputeIfAbsent("running", key -> Running.start(), Running.class);
    }

    static Stack stack() {
        return running.stack();
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
