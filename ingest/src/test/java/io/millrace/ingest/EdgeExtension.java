package io.millrace.ingest;

import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
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
            Kafka kafka = new Kafka();
            kafka.project(PROJECT, 30);
            kafka.key("edge", PROJECT, Edge.PUBLIC, Edge.SECRET, List.of("ingest", "read"));
            kafka.key("reader", PROJECT, "pk-mr-reader", "sk-mr-reader", List.of("read"));
            return new Running(kafka, new Edge(kafka.client()).ready());
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    /** A project nobody else sends to, and its key. */
    record Tenant(UUID project, String secret) {
        HttpResponse<byte[]> post(String path, String contentType, byte[] body, String... headers) {
            List<String> all = new ArrayList<>(List.of("Authorization", "Bearer " + secret));
            all.addAll(List.of(headers));
            return edge().post(path, contentType, body, all.toArray(String[]::new));
        }

        HttpResponse<byte[]> export(Span.Builder... spans) {
            return post("/v1/traces", Edge.PROTOBUF, Otlp.request(spans));
        }

        List<Kafka.LogEntry> log() {
            try {
                return kafka().log(project);
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        }

        List<SpanMessage> spans() {
            return log().stream()
                    .flatMap(entry -> entry.batch().getSpansList().stream())
                    .toList();
        }
    }

    static Tenant tenant() {
        UUID project = UUID.randomUUID();
        Tenant tenant = new Tenant(project, "sk-mr-" + project);
        kafka().project(project, 30);
        kafka().key(project.toString(), project, "pk-mr-" + project, tenant.secret(), List.of("ingest"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(100))
                .until(() -> tenant.export().statusCode(), status -> status == 200);
        return tenant;
    }

    static Kafka kafka() {
        return running.kafka();
    }

    static Edge edge() {
        return running.edge();
    }
}
