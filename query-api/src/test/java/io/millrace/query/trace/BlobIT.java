package io.millrace.query.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.millrace.blob.BlobStore;
import io.millrace.query.Api;
import io.millrace.query.Facts;
import io.millrace.schema.blob.BlobId;
import io.millrace.schema.wire.BlobReference;
import io.millrace.schema.wire.Body;
import io.millrace.schema.wire.BodyBlock;
import io.millrace.schema.wire.SpanBody;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobIT {
    private static final Api API = Api.shared();
    private static final String TRACE = "1af7651916cd43dd8448eb211c80319c";
    private static final String OTHER_TRACE = "2af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "00000000000000a1";
    private static final Instant T0 = Instant.parse(Facts.day(Instant.now()) + "T00:00:10Z");
    private static final byte[] INPUT = ("[\"" + "long ".repeat(50_000) + "\"]").getBytes(StandardCharsets.UTF_8);
    private static final byte[] PAGE = "<script>alert(1)</script>".getBytes(StandardCharsets.UTF_8);
    private static final byte[] LOST = "expired".getBytes(StandardCharsets.UTF_8);

    private static Api.Tenant tenant;
    private static Api.Tenant neighbour;
    private static BlobReference input;
    private static BlobReference page;
    private static BlobReference lost;

    @BeforeAll
    static void insert() throws Exception {
        tenant = API.tenant();
        neighbour = API.tenant();
        input = reference(INPUT, "application/json", "");
        page = reference(PAGE, "text/html", "ünïcode \"page\".html");
        lost = reference(LOST, "text/plain", "lost");
        try (BlobStore blobs = API.config().blobs().orElseThrow().open()) {
            for (UUID project : List.of(tenant.project(), neighbour.project())) {
                blobs.put(project, BlobId.parse(input.getId()), INPUT, "application/json");
                blobs.put(project, BlobId.parse(page.getId()), PAGE, "text/html");
            }
        }
        Facts.fact(tenant.project(), TRACE, SPAN, T0, T0.plusMillis(5)).insert(API);
        Facts.fact(tenant.project(), OTHER_TRACE, SPAN, T0, T0.plusMillis(5)).insert(API);
        Facts.fact(neighbour.project(), TRACE, SPAN, T0, T0.plusMillis(5)).insert(API);
        SpanBody body = SpanBody.newBuilder()
                .setInput("[\"long")
                .setOutput("short")
                .setInputBlob(input)
                .addAttachments(page)
                .addAttachments(lost)
                .build();
        insert(tenant.project(), TRACE, body);
        insert(
                neighbour.project(),
                TRACE,
                SpanBody.newBuilder().setInput("mine").build());
    }

    private static BlobReference reference(byte[] bytes, String type, String name) {
        return BlobReference.newBuilder()
                .setId(BlobId.of(Facts.day(T0), bytes, 0, bytes.length).toString())
                .setBytes(bytes.length)
                .setMediaType(type)
                .setName(name)
                .build();
    }

    private static void insert(UUID project, String trace, SpanBody body) throws Exception {
        BodyBlock block = BodyBlock.newBuilder()
                .addBodies(Body.newBuilder()
                        .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex(SPAN)))
                        .setContentHash(1)
                        .setBody(body.toByteString()))
                .build();
        Facts.Row.of("bodies")
                .with("project", project)
                .with("trace_id", Facts.uuid(trace))
                .with("day", Facts.day(T0))
                .with("source_offset", 5L)
                .with("source_partition", 0)
                .with("block", Zstd.compress(block.toByteArray()))
                .insert(API);
    }

    @Test
    void aTraceSaysWhereTheRestIs() {
        // When
        JsonNode trace = API.get(tenant.readKey(), "/v1/traces/" + TRACE).body();

        // Then
        JsonNode span = trace.at("/spans/0");
        assertThat(span.path("input").asText()).isEqualTo("[\"long");
        assertThat(span.at("/input_blob/id").asText()).isEqualTo(input.getId());
        assertThat(span.at("/input_blob/bytes").asInt()).isEqualTo(INPUT.length);
        assertThat(span.at("/input_blob/media_type").asText()).isEqualTo("application/json");
        assertThat(span.at("/input_blob/sha256").asText()).hasSize(64);
        assertThat(span.path("output_blob").isNull()).isTrue();
        assertThat(span.at("/attachments/0/name").asText()).isEqualTo(page.getName());
        assertThat(trace.at("/trace/input_blob/href").asText()).isEqualTo(path(TRACE, input));
    }

    @Test
    void withoutPayloadsOnlyFilesAreListed() {
        // When
        JsonNode span = API.get(tenant.readKey(), "/v1/traces/" + TRACE + "?payloads=false")
                .body()
                .at("/spans/0");

        // Then
        assertThat(span.has("input_blob")).isFalse();
        assertThat(span.path("attachments")).hasSize(2);
    }

    @Test
    void allOfItIsGiven() throws Exception {
        // When
        HttpResponse<byte[]> answer = read(tenant.readKey(), path(TRACE, input));

        // Then
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(INPUT);
        assertThat(answer.headers().firstValueAsLong("content-length")).hasValue(INPUT.length);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    }

    @Test
    void noBrowserShowsItAsOurs() throws Exception {
        // When
        HttpResponse<byte[]> answer = read(tenant.readKey(), path(TRACE, page));

        // Then
        assertThat(answer.body()).isEqualTo(PAGE);
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/html");
        assertThat(answer.headers().firstValue("x-content-type-options")).hasValue("nosniff");
        assertThat(answer.headers().firstValue("content-disposition"))
                .hasValue("attachment; filename*=UTF-8''%C3%BCn%C3%AFcode%20%22page%22.html");
        assertThat(answer.headers().firstValue("content-security-policy")).hasValue("sandbox; default-src 'none'");
    }

    @Test
    void whatTheTraceDoesNotReferToIsNotThere() {
        // When
        Api.Answer ofOtherTrace = API.get(tenant.readKey(), path(OTHER_TRACE, input));
        Api.Answer ofNeighbour = API.get(neighbour.readKey(), path(TRACE, input));

        // Then
        assertThat(ofOtherTrace.status()).isEqualTo(404);
        assertThat(ofNeighbour.status())
                .as("though the store has the same bytes")
                .isEqualTo(404);
    }

    @Test
    void whatTheStoreHasLetGoOfIsNotThere() {
        // When
        Api.Answer answer = API.get(tenant.readKey(), path(TRACE, lost));

        // Then
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "..%2F..%2Fsecrets", "20261122-00", "20269922-"})
    void noOtherNameReachesTheStore(String name) {
        // When
        Api.Answer answer = API.get(tenant.readKey(), "/v1/traces/" + TRACE + "/blobs/" + name);

        // Then
        assertThat(answer.status()).isEqualTo(404);
    }

    @Test
    void aKeyIsNeeded() {
        // When
        Api.Answer answer = API.send(API.request(path(TRACE, input)));

        // Then
        assertThat(answer.status()).isEqualTo(401);
    }

    private static String path(String trace, BlobReference blob) {
        return "/v1/traces/" + trace + "/blobs/" + blob.getId();
    }

    private static HttpResponse<byte[]> read(String key, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        API.request(path)
                                .header("authorization", "Bearer " + key)
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
    }
}
