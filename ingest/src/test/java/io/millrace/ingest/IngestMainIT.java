package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.embedded.Ports;
import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The edge as a process of its own. */
@ExtendWith(EdgeExtension.class)
class IngestMainIT {
    /** By convention: 128 and the number of the signal. */
    private static final int ENDED_BY_SIGTERM = 143;

    private final PausableProxy proxy = EdgeExtension.kafka().proxy();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    @AfterEach
    void flow() {
        proxy.resume();
    }

    @Test
    void aSignalLetsItAnswerWhatItHasTaken() throws Exception {
        Tenant tenant = EdgeExtension.tenant();
        Span.Builder span = Otlp.span();
        int port = Ports.free();
        int management = Ports.free();
        Process process = start(Map.of(
                "INGEST_HOST", "127.0.0.1",
                "INGEST_PORT", Integer.toString(port),
                "INGEST_GRPC_PORT", "-1",
                "INGEST_MANAGEMENT_PORT", Integer.toString(management),
                "INGEST_IDLE_SECONDS", "300",
                "INGEST_DEADLINE_MS", "120000",
                "INGEST_DRAIN_SECONDS", "120"));
        try {
            await().atMost(Duration.ofSeconds(100))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> get(management, "/health/ready").statusCode() == 200);
            proxy.pause();
            CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(
                    HttpRequest.newBuilder(uri(port, "/v1/traces"))
                            .header("Content-Type", Edge.PROTOBUF)
                            .header("x-api-key", tenant.secret())
                            .POST(BodyPublishers.ofByteArray(Otlp.request(span)))
                            .build(),
                    BodyHandlers.ofByteArray());
            await().atMost(Duration.ofSeconds(100)).until(() -> waitsForTheLog(management));

            process.destroy();
            await().atMost(Duration.ofSeconds(100)).until(() -> isRefused(port));
            assertThat(answer).isNotDone();
            proxy.resume();

            assertThat(answer.get(100, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(ENDED_BY_SIGTERM);
            assertThat(tenant.spans()).extracting(SpanMessage::getSpanId).containsExactly(span.getSpanId());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aSettingThatIsWrongEndsItWithItsName() throws Exception {
        Process process = start(Map.of("INGEST_CORS_ORIGINS", "nowhere"));
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(2);
            assertThat(output()).content().contains("ingest.cors.origins");
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(Map<String, String> settings) throws IOException {
        ProcessBuilder java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IngestMain.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output());
        EdgeExtension.kafka()
                .client()
                .forEach((key, value) -> java.environment()
                        .put("MILLRACE_KAFKA_" + key.replace('.', '_').toUpperCase(Locale.ROOT), value));
        settings.forEach((name, value) -> java.environment().put("MILLRACE_" + name, value));
        return java.start();
    }

    private File output() {
        return folder.resolve("output.txt").toFile();
    }

    private boolean waitsForTheLog(int management) throws Exception {
        return get(management, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("millrace_ingest_in_flight_bytes{holder=\"log\"}"))
                .anyMatch(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))) > 0);
    }

    private HttpResponse<String> get(int port, String path) throws Exception {
        return http.send(HttpRequest.newBuilder(uri(port, path)).build(), BodyHandlers.ofString());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static boolean isRefused(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return !socket.isConnected();
        } catch (ConnectException refused) {
            return true;
        }
    }
}
