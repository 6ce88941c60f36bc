package io.millrace.ingest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One broker and one edge for all tests that want them. */
final class EdgeExtension implements BeforeAllCallback {
    static final UUID PROJECT = UUID.fromString("0197aaaa-0000-7000-8000-000000000001");

    /** What is running. */
    record Running(Kafka kafka, Edge edge) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            edge.close();
            kafka.close();
        }
    }

    private static Running running;

    @Override
    public void beforeAll(ExtensionContext context) {
        running = context.getRoot()
                .getStore(ExtensionContext.Namespace.create(EdgeExtension.class))
                .getOrComputeIfAbsent("running", key -> start(), Running.class);
    }

    private static Running start() {
        try {
            Path folder = Files.createTempDirectory("edge");
            Kafka kafka = new Kafka(folder);
            kafka.project(PROJECT, 30);
            kafka.key("edge", PROJECT, Edge.PUBLIC, Edge.SECRET, List.of("ingest", "read"));
            kafka.key("reader", PROJECT, "pk-mr-reader", "sk-mr-reader", List.of("read"));
            return new Running(kafka, new Edge(kafka.client()).ready());
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    static Kafka kafka() {
        return running.kafka();
    }

    static Edge edge() {
        return running.edge();
    }
}
