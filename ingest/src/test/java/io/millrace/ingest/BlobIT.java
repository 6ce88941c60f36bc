package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.blob.BlobStore;
import io.millrace.blob.BlobStoreConfig;
import io.millrace.blob.StoredBlob;
import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.ingest.span.LargePayloads;
import io.millrace.schema.blob.BlobId;
import io.millrace.schema.wire.BlobReference;
import io.millrace.schema.wire.SpanBody;
import io.millrace.schema.wire.SpanMessage;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is in the blob store and in the log once the edge has answered. */
@ExtendWith(EdgeExtension.class)
class BlobIT {
    private final Tenant tenant = EdgeExtension.tenant();

    @TempDir
    private Path folder;

    private BlobStoreConfig.Folder store;
    private Edge edge;

    @BeforeEach
    void open() {
        store = new BlobStoreConfig.Folder(folder.resolve("blobs"));
        edge = edge(store);
    }

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void aLargePayloadIsInTheStoreAndTheSpanRefersToIt() throws Exception {
        // Given
        String input = "[\"" + "prompt ".repeat(60_000) + "\"]";
        String output = "ä".repeat(500_000);

        // When
        HttpResponse<byte[]> answer = export(input, output);

        // Then
        assertThat(answer.statusCode()).isEqualTo(200);
        SpanBody body = body(tenant.spans().get(0));
        assertThat(body.getInput()).isEqualTo(input.substring(0, 4_096));
        assertThat(body.getOutput()).isEqualTo("ä".repeat(2_048));
        assertThat(text(body.getInputBlob())).isEqualTo(input);
        assertThat(text(body.getOutputBlob())).isEqualTo(output);
        assertThat(edge.metrics()).contains("millrace_ingest_blob_writes_seconds_count 2");
    }

    /** Small for the wire and the event loop alike, but over the size in one field. */
    @Test
    void aSmallBodyMayHaveALargePayload() throws Exception {
        // Given
        edge.close();
        edge = edge(store, new LargePayloads(5_000, 1 << 20, 10));

        // When
        HttpResponse<byte[]> answer = export("p".repeat(5_001), "short");

        // Then
        assertThat(answer.statusCode()).isEqualTo(200);
        SpanBody body = body(tenant.spans().get(0));
        assertThat(body.getInput()).isEqualTo("pppppppppp");
        assertThat(body.getOutput()).isEqualTo("short");
        assertThat(text(body.getInputBlob())).isEqualTo("p".repeat(5_001));
    }

    @Test
    void nativeSpansAreKeptAlike() throws Exception {
        // Given
        String json = """
                [{"trace_id": "0af7651916cd43dd8448eb211c80319c", "id": "b7ad6b7169203331",
                  "name": "n", "start": "%1$s", "end": "%1$s", "input": {"a": "%2$s"}}]""".formatted(Edge.RECEIVED.minusSeconds(1), "x".repeat(300_000));

        // When
        HttpResponse<byte[]> answer = post("/v1/spans", Edge.JSON, json.getBytes(StandardCharsets.UTF_8));

        // Then
        assertThat(answer.statusCode()).isEqualTo(200);
        BlobReference input = body(tenant.spans().get(0)).getInputBlob();
        assertThat(input.getMediaType()).isEqualTo("application/json");
        assertThat(text(input)).contains("x".repeat(300_000));
    }

    @Test
    void theRecordedFileOfARunIsInTheStore() throws Exception {
        // Given
        String recording = "/captures/langsmith-attachments/002";
        byte[] form = resource(recording + ".bin");
        JsonObject request = new JsonObject(new String(resource(recording + ".headers.json"), StandardCharsets.UTF_8));

        // When
        HttpResponse<byte[]> answer =
                post("/runs/multipart", request.getJsonObject("headers").getString("content-type"), form);

        // Then
        assertThat(answer.statusCode()).isEqualTo(202);
        BlobReference file = body(tenant.spans().get(0)).getAttachments(0);
        assertThat(file.getName()).isEqualTo("img");
        assertThat(file.getMediaType()).isEqualTo("image/png");
        try (BlobStore opened = store.open();
                StoredBlob blob = opened.open(tenant.project(), BlobId.parse(file.getId()))
                        .orElseThrow()) {
            assertThat(blob.content().readAllBytes())
                    .isEqualTo(HexFormat.of().parseHex("89504e470d0a1a0a0d0a2d2d00ff"));
        }
        assertThat(tenant.log().get(0).counts().getIgnoredMap()).isEmpty();
    }

    /** The steps of Langfuse's SDKs, as they make them. */
    @Test
    void aFileThatLangfusesSdksUploadIsInTheStore() throws Exception {
        // Given
        byte[] file = {1, 2, 3, (byte) 0xFF, 0};
        String hash = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(file));
        String announced = """
                {"traceId": "0af7651916cd43dd8448eb211c80319c", "observationId": "b7ad6b7169203331", "field": "output",
                 "contentType": "audio/wav", "contentLength": 5, "sha256Hash": "%s"}""".formatted(hash);
        HttpResponse<byte[]> ticket = post("/api/public/media", Edge.JSON, announced.getBytes(StandardCharsets.UTF_8));
        assertThat(ticket.statusCode()).isEqualTo(201);
        String id = Edge.json(ticket).getString("mediaId");
        assertThat(id).isEqualTo(hash.replace('+', '-').replace('/', '_').substring(0, 22));
        URI address = URI.create(Edge.json(ticket).getString("uploadUrl"));

        // When
        HttpResponse<byte[]> uploaded = upload(address, file, hash);

        // Then
        assertThat(uploaded.statusCode()).isEqualTo(200);
        BlobReference attached = body(tenant.spans().get(0)).getAttachments(0);
        assertThat(attached.getName()).isEqualTo(id);
        try (BlobStore opened = store.open();
                StoredBlob blob = opened.open(tenant.project(), BlobId.parse(attached.getId()))
                        .orElseThrow()) {
            assertThat(blob.content().readAllBytes()).isEqualTo(file);
            assertThat(blob.mediaType()).isEqualTo("audio/wav");
        }
        HttpRequest told = HttpRequest.newBuilder(edge.uri("/api/public/media/" + id))
                .header("Authorization", "Bearer " + tenant.secret())
                .header("Content-Type", Edge.JSON)
                .method("PATCH", BodyPublishers.ofString("{\"uploadHttpStatus\": 200}"))
                .build();
        assertThat(edge.send(told).statusCode()).isEqualTo(200);
    }

    @Test
    void withoutATicketOrWithOtherBytesNothingIsUploaded() throws Exception {
        // Given
        String announced = """
                {"traceId": "t", "contentType": "audio/wav", "contentLength": 3,
                 "sha256Hash": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}""";
        HttpResponse<byte[]> ticket = post("/api/public/media", Edge.JSON, announced.getBytes(StandardCharsets.UTF_8));
        URI address = URI.create(Edge.json(ticket).getString("uploadUrl"));

        // When
        HttpResponse<byte[]> forged = upload(edge.uri("/api/public/media/uploads/AAAA"), new byte[3], "");
        HttpResponse<byte[]> other = upload(address, new byte[] {1, 2, 3}, "");

        // Then
        assertThat(forged.statusCode()).isEqualTo(401);
        assertThat(other.statusCode()).isEqualTo(400);
        assertThat(tenant.spans()).isEmpty();
        assertThat(Edge.json(post("/api/public/media", Edge.JSON, "{}".getBytes(StandardCharsets.UTF_8)))
                        .getString("error"))
                .isEqualTo("invalid_body");
    }

    private HttpResponse<byte[]> upload(URI address, byte[] file, String hash) {
        return edge.send(HttpRequest.newBuilder(address)
                .header("Content-Type", "audio/wav")
                .header("x-ms-blob-type", "BlockBlob")
                .header("x-amz-checksum-sha256", hash)
                .PUT(BodyPublishers.ofByteArray(file))
                .build());
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = BlobIT.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }

    @Test
    void nothingIsAcknowledgedWhileTheStoreIsAwayAndNothingStaysHeld() throws Exception {
        // Given
        edge.close();
        BlobStoreConfig away =
                new BlobStoreConfig.S3("http://127.0.0.1:" + closedPort(), "blobs", "us-east-1", "access", "a-secret");
        edge = edge(away);

        // When
        HttpResponse<byte[]> refused = export("p".repeat(400_000), "short");

        // Then
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(tenant.spans()).isEmpty();
        await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes(), held -> held == 0);
        assertThat(edge.metrics()).contains("millrace_ingest_unavailable_total{cause=\"blobs_away\"} 1.0");
        assertThat(export("small", "short").statusCode())
                .as("whoever has nothing for the store does not need it")
                .isEqualTo(200);
    }

    @Test
    void whatIsSentAgainIsKeptOnce() throws Exception {
        // Given
        byte[] request = Otlp.request(Otlp.span().addAttributes(Otlp.attribute("input.value", "p".repeat(400_000))));
        post("/v1/traces", Edge.PROTOBUF, request);

        // When
        post("/v1/traces", Edge.PROTOBUF, request);

        // Then
        List<SpanMessage> spans = tenant.spans();
        assertThat(spans.get(1).getContentHash()).isEqualTo(spans.get(0).getContentHash());
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(1);
        }
    }

    private Edge edge(BlobStoreConfig blobs) {
        return edge(blobs, LargePayloads.DEFAULT);
    }

    private Edge edge(BlobStoreConfig blobs, LargePayloads payloads) {
        Edge opened = new Edge(EdgeExtension.kafka().client(), config -> config.withBlobs(blobs, payloads)).ready();
        await().atMost(Duration.ofSeconds(100))
                .until(
                        () -> opened.post(
                                        "/v1/traces",
                                        Edge.PROTOBUF,
                                        new byte[0],
                                        "Authorization",
                                        "Bearer " + tenant.secret())
                                .statusCode(),
                        status -> status == 200);
        return opened;
    }

    private HttpResponse<byte[]> export(String input, String output) {
        return post(
                "/v1/traces",
                Edge.PROTOBUF,
                Otlp.request(Otlp.span()
                        .addAttributes(Otlp.attribute("input.value", input))
                        .addAttributes(Otlp.attribute("output.value", output))));
    }

    private HttpResponse<byte[]> post(String path, String type, byte[] body) {
        return edge.post(path, type, body, "Authorization", "Bearer " + tenant.secret());
    }

    private static SpanBody body(SpanMessage span) throws IOException {
        return SpanBody.parseFrom(span.getBody());
    }

    private String text(BlobReference reference) throws IOException {
        try (BlobStore opened = store.open();
                StoredBlob blob = opened.open(tenant.project(), BlobId.parse(reference.getId()))
                        .orElseThrow()) {
            byte[] bytes = blob.content().readAllBytes();
            assertThat(bytes).hasSize((int) reference.getBytes());
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
