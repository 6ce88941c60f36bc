package io.millrace.query.rejected;

import static io.millrace.query.Api.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.millrace.query.Api;
import io.millrace.query.Facts;
import io.millrace.query.http.Cursor;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.Counts;
import io.millrace.schema.wire.Replay;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RejectedIT {
    private static final Api API = Api.shared();
    private static final int PARTITION = 1;
    private static final byte[] VALUE = "abc".getBytes(StandardCharsets.US_ASCII);
    /** Of "abc", as FIPS 180-2 has it. */
    private static final String SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private static final Instant RECEIVED = Instant.now().minusSeconds(600).truncatedTo(ChronoUnit.MILLIS);

    private Api.Tenant tenant;

    @BeforeEach
    void makeTenant() throws SQLException {
        tenant = API.tenant();
    }

    private static Facts.Row row(UUID project, UUID id, long offset) {
        return Facts.Row.of("rejected")
                .with("id", id)
                .with("project", project)
                .with("received_at", Facts.utc(RECEIVED))
                .with("source_partition", PARTITION)
                .with("source_offset", offset)
                .with("epoch", 1)
                .with("revision", 1L)
                .with("items", 7L)
                .with("size", 3L)
                .with("sha256", HexFormat.of().parseHex(SHA256))
                .with("reason", "undecodable")
                .with("recovered", false);
    }

    private JsonNode list(String parameters) {
        Api.Answer answer = API.get(tenant.readKey(), "/v1/rejected" + parameters);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body();
    }

    private Api.Answer replay(UUID id) {
        // 503 is right when the log takes longer to answer than a caller shall wait.
        return eventually()
                .until(
                        () -> API.post(tenant.adminKey(), "/v1/rejected/" + id + "/replay", ""),
                        answer -> answer.status() != 503);
    }

    private static byte[] counts() {
        return Counts.newBuilder()
                .setProject(ByteString.copyFrom(new byte[16]))
                .setAccepted(7)
                .build()
                .toByteArray();
    }

    private static long append() throws Exception {
        Map<String, Object> client = new HashMap<>(API.stack().broker().clientProperties());
        try (var producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            return producer.send(new ProducerRecord<>(
                            Topic.SPANS.id(),
                            PARTITION,
                            RECEIVED.toEpochMilli(),
                            null,
                            VALUE,
                            List.of(new RecordHeader(Topic.COUNTS_HEADER, counts()))))
                    .get()
                    .offset();
        }
    }

    /** All that is in the partition behind an offset. */
    private static List<ConsumerRecord<byte[], byte[]>> after(long offset) {
        Map<String, Object> client = new HashMap<>(API.stack().broker().clientProperties());
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(Topic.SPANS.id(), PARTITION);
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            consumer.seek(partition, offset + 1);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    @Test
    void showsWhatIsKnownOfARecord() throws Exception {
        UUID id = UUID.randomUUID();
        row(tenant.project(), id, 42).insert(API);

        JsonNode page = list("");

        assertThat(page.get("next").isNull()).isTrue();
        assertThat(page.get("items")).hasSize(1);
        assertThat(page.get("items").get(0).toString())
                .isEqualTo(
                        "{\"id\":\"" + id + "\",\"project_id\":\"" + tenant.project() + "\",\"received\":\"" + RECEIVED
                                + "\",\"reason\":\"undecodable\",\"items\":7,\"size\":3,\"sha256\":\"" + SHA256
                                + "\",\"position\":{\"partition\":1,\"offset\":42},\"replayed_at\":null,\"outcome\":null}");
    }

    @Test
    void saysWhatBecameOfTheLastReplay() throws Exception {
        Instant asked = RECEIVED.plusSeconds(60);
        row(tenant.project(), UUID.randomUUID(), 1)
                .with("replayed_at", Facts.utc(asked))
                .insert(API);
        assertThat(list("").at("/items/0/replayed_at").asText()).isEqualTo(asked.toString());
        assertThat(list("").at("/items/0/outcome").asText()).isEqualTo("still_rejected");

        API.sql("update rejected set recovered = true where project = ?", tenant.project());
        assertThat(list("").at("/items/0/outcome").asText()).isEqualTo("recovered");
    }

    @Test
    void pagesThroughAListNewestFirstWhileOthersComeIn() throws Exception {
        for (int i = 0; i < 5; i++) {
            row(tenant.project(), new UUID(tenant.project().getLeastSignificantBits(), i), i)
                    .with("received_at", Facts.utc(RECEIVED.plusMillis(i / 2)))
                    .insert(API);
        }
        List<Long> seen = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = list("?limit=2" + (next.isEmpty() ? "" : "&cursor=" + next));
            page.get("items")
                    .forEach(item -> seen.add(item.at("/position/offset").asLong()));
            next = page.get("next").asText("");
            row(tenant.project(), UUID.randomUUID(), 100)
                    .with("received_at", Facts.utc(RECEIVED.plusSeconds(1)))
                    .insert(API);
        } while (!next.isEmpty() && !next.equals("null"));

        assertThat(seen).hasSize(5).doesNotHaveDuplicates().doesNotContain(100L).startsWith(4L);
        assertThat(list("?from=" + RECEIVED.plusMillis(1) + "&to=" + RECEIVED.plusMillis(2))
                        .get("items"))
                .hasSize(2);
    }

    @Test
    void aCursorMaySayAnyTime() throws Exception {
        row(tenant.project(), UUID.randomUUID(), 1).insert(API);
        String fingerprint = RejectedFilter.parse(Map.of(), Instant.now()).fingerprint();

        String end = new Cursor(Long.MAX_VALUE, UUID.randomUUID()).encode(fingerprint);
        assertThat(list("?cursor=" + end).get("items")).hasSize(1);
        String begin = new Cursor(Long.MIN_VALUE, UUID.randomUUID()).encode(fingerprint);
        assertThat(list("?cursor=" + begin).get("items")).isEmpty();
    }

    @Test
    void whatBelongsToNoProjectIsForAdministrators() throws Exception {
        UUID id = UUID.randomUUID();
        row(null, id, 9).insert(API);
        assertThat(list("").get("items")).isEmpty();

        Api.Answer all = API.get(tenant.adminKey(), "/v1/rejected?without_project=true&limit=1000");

        assertThat(all.body().get("items")).anySatisfy(item -> {
            assertThat(item.get("id").asText()).isEqualTo(id.toString());
            assertThat(item.get("project_id").isNull()).isTrue();
        });
        assertThat(API.get(tenant.readKey(), "/v1/rejected?without_project=true")
                        .problem())
                .isEqualTo("forbidden");
        assertThat(replay(id).problem()).isEqualTo("not_found");
    }

    @Test
    void aReplayIsTheRecordAgainWithAWordOfWhatItWas() throws Exception {
        long offset = append();
        UUID id = UUID.randomUUID();
        row(tenant.project(), id, offset).insert(API);
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);

        Api.Answer answer = replay(id);

        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
        assertThat(answer.body().get("id").asText()).isEqualTo(id.toString());
        Instant asked = Instant.parse(answer.body().get("asked_at").asText());
        assertThat(asked).isAfterOrEqualTo(before);
        List<ConsumerRecord<byte[], byte[]>> records = after(offset);
        assertThat(records).hasSize(1);
        assertThat(records.get(0).value()).isEqualTo(VALUE);
        assertThat(records.get(0).timestamp()).isEqualTo(RECEIVED.toEpochMilli());
        assertThat(records.get(0).headers().lastHeader(Topic.COUNTS_HEADER)).isNull();
        Replay replay = Replay.parseFrom(
                records.get(0).headers().lastHeader(Topic.REPLAY_HEADER).value());
        assertThat(replay)
                .isEqualTo(Replay.newBuilder()
                        .setPartition(PARTITION)
                        .setOffset(offset)
                        .setReason("undecodable")
                        .setAskedAtMillis(asked.toEpochMilli())
                        .setCounts(ByteString.copyFrom(counts()))
                        .build());
    }

    @Test
    void whatWasUnderstoodIsNotReplayedAgain() throws Exception {
        long offset = append();
        UUID id = UUID.randomUUID();
        row(tenant.project(), id, offset).with("recovered", true).insert(API);

        assertThat(replay(id).problem()).isEqualTo("conflict");
        assertThat(after(offset)).isEmpty();
    }

    @Test
    void whatTheLogDoesNotHaveIsNotReplayed() throws Exception {
        long offset = append();
        UUID beyond = UUID.randomUUID();
        row(tenant.project(), beyond, offset + 1_000).insert(API);
        UUID another = UUID.randomUUID();
        row(tenant.project(), another, offset).with("sha256", new byte[32]).insert(API);

        for (UUID id : List.of(beyond, another)) {
            assertThat(replay(id).problem()).isEqualTo("not_found");
            assertThat(replay(id).body().get("detail").asText()).contains("the log");
        }
        assertThat(after(offset)).isEmpty();
    }

    @Test
    void onlyAnAdministratorReplaysAndOnlyWhereTheRecordIs() throws Exception {
        long offset = append();
        UUID id = UUID.randomUUID();
        row(tenant.project(), id, offset).insert(API);
        Api.Tenant other = API.tenant();
        String path = "/v1/rejected/" + id + "/replay";

        assertThat(API.post(tenant.readKey(), path, "").problem()).isEqualTo("forbidden");
        assertThat(API.post(other.adminKey(), path, "").problem()).isEqualTo("not_found");
        assertThat(after(offset)).isEmpty();
        assertThat(API.post(other.adminKey(), path + "?project=" + tenant.project(), "")
                        .status())
                .isEqualTo(202);
        assertThat(after(offset)).hasSize(1);
    }

    @Test
    void isFencedByProject() throws Exception {
        row(tenant.project(), UUID.randomUUID(), 1).insert(API);
        Api.Tenant other = API.tenant();

        assertThat(API.get(other.readKey(), "/v1/rejected").body().get("items")).isEmpty();
        assertThat(API.get(other.readKey(), "/v1/rejected?project=" + tenant.project())
                        .problem())
                .isEqualTo("not_found");
    }
}
