package io.millrace.jobs.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.store.Rejection;
import io.millrace.jobs.store.RejectionSerializer;
import io.millrace.schema.id.TraceId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class RejectedRecordTest {
    private static final UUID PROJECT = new UUID(1, 2);

    @Test
    void saysWhereTheRecordIsUnderItsProject() {
        Rejection rejection = rejection(PROJECT);

        ProducerRecord<byte[], byte[]> record = RejectedRecord.of(rejection);

        assertThat(record.topic()).isEqualTo("millrace.rejected.v1");
        assertThat(record.key()).isEqualTo(new TraceId(1, 2).bytes());
        assertThat(new String(record.value(), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":\"" + rejection.id() + "\",\"project\":\"" + PROJECT
                        + "\",\"reason\":\"undecodable\",\"partition\":3,\"offset\":5,\"received_at_millis\":7,"
                        + "\"items\":11,\"bytes\":13,\"sha256\":\"7fff\"}");
    }

    @Test
    void hasNoKeyWithoutAProject() {
        ProducerRecord<byte[], byte[]> record = RejectedRecord.of(rejection(null));

        assertThat(record.key()).isNull();
        assertThat(new String(record.value(), StandardCharsets.UTF_8)).contains("\"project\":null,");
    }

    @Test
    void isTheSameBehindAnotherTask() throws IOException {
        for (Rejection rejection : new Rejection[] {rejection(PROJECT), rejection(null)}) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            RejectionSerializer.INSTANCE.serialize(rejection, out);
            Rejection read = RejectionSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
            assertThat(read).usingRecursiveComparison().isEqualTo(rejection);
        }
    }

    @Test
    void soIsARecordOfTheLog() throws IOException {
        byte[] header = {1};
        byte[] none = {};
        for (LogRecord record : new LogRecord[] {
            new LogRecord(1, 2, 3, LogRecord.NO_TICK, header, null, new byte[] {4}),
            new LogRecord(1, 2, 3, LogRecord.NO_TICK, null, new byte[] {5, 6}, none),
            new LogRecord(1, 2, 3, 3, null, null, none)
        }) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            LogRecordSerializer.INSTANCE.serialize(record, out);
            LogRecord read = LogRecordSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
            assertThat(read).usingRecursiveComparison().isEqualTo(record);
        }
    }

    private static Rejection rejection(UUID project) {
        return new Rejection(project, 7, 3, 5, "undecodable", 11, 13, new byte[] {0x7F, -1}, Rejection.NEVER, false);
    }
}
