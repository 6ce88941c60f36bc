package io.millrace.query.ledger;

import static io.millrace.query.Api.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.millrace.query.Api;
import io.millrace.query.Facts;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.Counts;
import io.millrace.schema.wire.Replay;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerIT {
    private static final Api API = Api.shared();

    private final Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES);
    private Api.Tenant tenant;
    private long next;

    @BeforeEach
    void makeTenant() throws Exception {
        tenant = API.tenant();
    }

    /** Appends a record as the edge does; the offset it got. */
    private long append(UUID project, int accepted, Map<String, Integer> refused, Map<String, Integer> ignored)
            throws Exception {
        byte[] counts = Counts.newBuilder()
                .setProject(ByteString.copyFrom(ByteBuffer.allocate(16)
                        .putLong(project.getMostSignificantBits())
                        .putLong(project.getLeastSignificantBits())
                        .array()))
                .setAccepted(accepted)
                .putAllRefused(refused)
                .putAllIgnored(ignored)
                .build()
                .toByteArray();
        Map<String, Object> client = new HashMap<>(API.stack().broker().clientProperties());
        try (var producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            var record = new ProducerRecord<byte[], byte[]>(
                    Topic.SPANS.id(),
                    0,
                    minute.toEpochMilli() + 1_000,
                    null,
                    new byte[0],
                    List.of(new RecordHeader(Topic.COUNTS_HEADER, counts)));
            return producer.send(record).get().offset();
        }
    }

    private void store(int count, long offset) throws SQLException {
        for (int i = 0; i < count; i++) {
            Facts.fact(
                            tenant.project(),
                            "%032x".formatted(offset * 100 + i + 1),
                            "00000000000000a1",
                            minute,
                            minute.plusSeconds(1))
                    .with("source_offset", offset)
                    .insert(API);
        }
    }

    private void accountTo(long offset, String counts) throws SQLException {
        API.sql(
                "insert into ledger_progress (partition, next_offset, checkpoint, epoch, stream_time)"
                        + " values (0, ?, 1, 1, now()) on conflict (partition) do update set next_offset = excluded.next_offset",
                offset);
        API.sql(
                "insert into ledger (project, minute, partition, segment, accepted, duplicate, merged, refused, ignored,"
                        + " quarantined) values (?, ?, 0, ?, " + counts + ")",
                tenant.project(),
                Facts.utc(minute),
                next++);
    }

    private JsonNode ledger(String parameters) {
        // 503 is right when the log takes longer to answer than a caller shall wait.
        Api.Answer answer = eventually()
                .until(() -> API.get(tenant.readKey(), "/v1/ledger" + parameters), got -> got.status() != 503);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body();
    }

    @Test
    void balancesAtAnyCutAndSeesADeletedRow() throws Exception {
        long first = append(tenant.project(), 5, Map.of("too_old", 2), Map.of());
        long second = append(tenant.project(), 4, Map.of(), Map.of("logs", 3));
        append(UUID.randomUUID(), 100, Map.of("missing_id", 9), Map.of());
        accountTo(first + 1, "5, 1, 0, '{\"too_old\": 2}', '{}', '{\"undecodable\": 1}'");
        store(3, first);
        // Written ahead of the next checkpoint: these are in flight until then.
        store(2, second);

        JsonNode cut = ledger("");

        assertThat(cut.get("received").asLong()).isEqualTo(14);
        assertThat(cut.get("accepted").asLong()).isEqualTo(12);
        assertThat(cut.get("refused").toString()).isEqualTo("{\"too_old\":2}");
        assertThat(cut.get("stored").asLong()).isEqualTo(3);
        assertThat(cut.get("merged").asLong()).isZero();
        assertThat(cut.get("duplicate").asLong()).isEqualTo(1);
        assertThat(cut.get("quarantined").toString()).isEqualTo("{\"undecodable\":1}");
        assertThat(cut.get("ignored").toString()).isEqualTo("{\"logs\":3}");
        assertThat(cut.get("in_flight").asLong()).isEqualTo(4);
        assertThat(cut.get("balanced").asBoolean()).isTrue();

        accountTo(second + 1, "4, 2, 0, '{}', '{\"logs\": 3}', '{}'");
        JsonNode later = ledger("");
        assertThat(later.get("accepted").asLong()).isEqualTo(12);
        assertThat(later.get("stored").asLong()).isEqualTo(5);
        assertThat(later.get("in_flight").asLong()).isZero();
        assertThat(later.get("balanced").asBoolean()).isTrue();

        API.sql(
                "delete from facts where project = ? and trace_id = ?",
                tenant.project(),
                Facts.uuid("%032x".formatted(second * 100 + 1)));
        assertThat(ledger("").get("balanced").asBoolean()).isFalse();
    }

    /** Two messages of a span: one waits, one is merged. The row is there before the counters know that nothing waits. */
    @Test
    void aRowThatHadToWaitCountsFromItsOwnCheckpointOn() throws Exception {
        long offset = append(tenant.project(), 2, Map.of(), Map.of());
        accountTo(offset + 1, "2, 0, 1, '{}', '{}', '{}'");
        API.sql("update ledger set waiting = 1 where project = ?", tenant.project());
        assertThat(ledger("").get("in_flight").asLong()).isEqualTo(1);
        assertThat(ledger("").get("balanced").asBoolean()).isTrue();

        store(1, offset);
        API.sql("update facts set placed_after = 1 where project = ?", tenant.project());
        assertThat(ledger("").get("stored").asLong()).isZero();
        assertThat(ledger("").get("balanced").asBoolean()).isTrue();

        API.sql("update ledger_progress set checkpoint = 2 where partition = 0");
        API.sql("update ledger set waiting = 0 where project = ?", tenant.project());
        assertThat(ledger("").get("stored").asLong()).isEqualTo(1);
        assertThat(ledger("").get("in_flight").asLong()).isZero();
        assertThat(ledger("").get("balanced").asBoolean()).isTrue();
        API.sql("delete from facts where project = ?", tenant.project());
        assertThat(ledger("").get("balanced").asBoolean()).isFalse();
        API.sql("update ledger_progress set checkpoint = 1 where partition = 0");
    }

    @Test
    void looksAtWholeMinutesOfReceivedTime() throws Exception {
        long offset = append(tenant.project(), 1, Map.of(), Map.of());

        assertThat(ledger("?from=" + minute.plusSeconds(30) + "&to=" + minute.plusSeconds(31))
                        .get("accepted")
                        .asLong())
                .isEqualTo(1);
        assertThat(ledger("?from=" + minute.minusSeconds(60) + "&to=" + minute)
                        .get("accepted")
                        .asLong())
                .isZero();
        assertThat(offset).isNotNegative();
    }

    @Test
    void whatRetentionDeletedWasStored() throws Exception {
        long offset = append(tenant.project(), 5, Map.of(), Map.of());
        accountTo(offset + 1, "5, 0, 0, '{}', '{}', '{}'");
        store(5, offset);
        API.sql(
                "delete from facts where project = ? and trace_id <> ?",
                tenant.project(),
                Facts.uuid("%032x".formatted(offset * 100 + 1)));
        API.sql(
                "insert into ledger_expired (project, minute, spans) values (?, ?, 4)",
                tenant.project(),
                Facts.utc(minute));

        JsonNode ledger = ledger("");

        assertThat(ledger.get("stored").asLong()).isEqualTo(5);
        assertThat(ledger.get("expired").asLong()).isEqualTo(4);
        assertThat(ledger.get("balanced").asBoolean()).isTrue();
    }

    /** A replay is in the log and nowhere else, until the jobs count what it said as understood, all at once. */
    @Test
    void balancesBeforeAndAfterAReplayIsUnderstood() throws Exception {
        long first = append(tenant.project(), 5, Map.of(), Map.of());
        accountTo(first + 1, "5, 0, 0, '{}', '{}', '{\"undecodable\": 5}'");
        long replay = appendReplay(first);

        JsonNode before = ledger("");
        assertThat(before.get("accepted").asLong()).isEqualTo(5);
        assertThat(before.get("quarantined").toString()).isEqualTo("{\"undecodable\":5}");
        assertThat(before.get("in_flight").asLong()).isZero();
        assertThat(before.get("balanced").asBoolean()).isTrue();

        store(4, replay);
        assertThat(ledger("").get("balanced").asBoolean()).isTrue();

        accountTo(replay + 1, "0, 1, 0, '{}', '{}', '{\"undecodable\": -5}'");
        JsonNode after = ledger("");
        assertThat(after.get("received").asLong()).isEqualTo(5);
        assertThat(after.get("accepted").asLong()).isEqualTo(5);
        assertThat(after.get("stored").asLong()).isEqualTo(4);
        assertThat(after.get("duplicate").asLong()).isEqualTo(1);
        assertThat(after.get("quarantined").toString()).isEqualTo("{}");
        assertThat(after.get("balanced").asBoolean()).isTrue();
    }

    private long appendReplay(long first) throws Exception {
        byte[] header = Replay.newBuilder().setOffset(first).build().toByteArray();
        Map<String, Object> client = new HashMap<>(API.stack().broker().clientProperties());
        try (var producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            var record = new ProducerRecord<byte[], byte[]>(
                    Topic.SPANS.id(),
                    0,
                    minute.toEpochMilli() + 1_000,
                    null,
                    new byte[0],
                    List.of(new RecordHeader(Topic.REPLAY_HEADER, header)));
            return producer.send(record).get().offset();
        }
    }

    @Test
    void beginsWhereItsCountersDoAtTheEarliest() {
        Instant first = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(400, ChronoUnit.DAYS);

        JsonNode all = ledger("?from=2020-01-01T00:00:00Z");
        JsonNode before = ledger("?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z");

        assertThat(Instant.parse(all.get("from").asText())).isBetween(first, first.plus(1, ChronoUnit.DAYS));
        assertThat(before.get("to")).isEqualTo(before.get("from"));
    }
}
