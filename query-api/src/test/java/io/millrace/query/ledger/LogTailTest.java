package io.millrace.query.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.Counts;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class LogTailTest {
    private static final UUID OURS = UUID.fromString("01890000-0000-7000-8000-000000000001");
    private static final UUID THEIRS = UUID.fromString("01890000-0000-7000-8000-000000000002");

    private final LogTail tail = new LogTail();

    private static ConsumerRecord<byte[], byte[]> record(long offset, long millis, UUID project, int accepted) {
        var counts = Counts.newBuilder()
                .setProject(ByteString.copyFrom(ByteBuffer.allocate(16)
                        .putLong(project.getMostSignificantBits())
                        .putLong(project.getLeastSignificantBits())
                        .array()))
                .setAccepted(accepted)
                .putRefused("too_old", 1)
                .build();
        var headers = new RecordHeaders().add(Topic.COUNTS_HEADER, counts.toByteArray());
        return new ConsumerRecord<>(
                "t", 0, offset, millis, TimestampType.CREATE_TIME, 0, 0, null, new byte[0], headers, Optional.empty());
    }

    private static ConsumerRecord<byte[], byte[]> tick(long offset) {
        return new ConsumerRecord<>("t", 0, offset, null, null);
    }

    @Test
    void sumsOneProjectInOneRange() throws Exception {
        tail.add(record(5, 1_000, OURS, 1));
        tail.add(record(6, 1_999, OURS, 2));
        tail.add(record(7, 2_000, OURS, 4));
        tail.add(record(8, 999, OURS, 8));
        tail.add(record(9, 1_500, THEIRS, 16));
        tail.add(tick(10));

        LogCounts sum = tail.sum(OURS, 1_000, 2_000);

        assertThat(sum.accepted()).isEqualTo(3);
        assertThat(sum.refused()).containsEntry("too_old", 2L);
        assertThat(tail.readTo()).isEqualTo(11);
    }

    @Test
    void forgetsWhatTheJobsAccountedFor() throws Exception {
        tail.add(record(5, 1_000, OURS, 1));
        tail.add(record(6, 1_000, OURS, 2));

        tail.accountedTo(6);

        assertThat(tail.sum(OURS, 0, 2_000).accepted()).isEqualTo(2);
        assertThat(tail.size()).isEqualTo(1);
    }

    @Test
    void countsARecordOnceThoughItIsReadTwice() throws Exception {
        tail.add(record(5, 1_000, OURS, 1));
        tail.add(record(5, 1_000, OURS, 1));

        assertThat(tail.sum(OURS, 0, 2_000).accepted()).isEqualTo(1);
    }

    @Test
    void beginsWhereTheJobsAre() {
        tail.accountedTo(1_000);

        assertThat(tail.readTo()).isEqualTo(1_000);
    }
}
