package io.millrace.bench.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AnomalyRecordTest {
    private static final UUID ID = UUID.fromString("8f0c1d2e-3a4b-8c5d-9e6f-708192a3b4c5");

    @Test
    void readsWhichStateItIsAmongAllOtherFields() throws IOException {
        AnomalyRecord record = AnomalyRecord.of(message(7, 5_000_000_000L), 1_795_000_000_123L);
        assertThat(record).isEqualTo(new AnomalyRecord(ID.toString(), "0.7.5000000000", 1_795_000_000_123_000L));
    }

    @Test
    void aNumberThatIsNotWrittenIsZero() throws IOException {
        assertThat(AnomalyRecord.of(message(0, 1), 0).revision()).isEqualTo("0.0.1");
    }

    @Test
    void refusesWhatEndsTooSoon() throws IOException {
        byte[] whole = message(1, 1);
        byte[] part = Arrays.copyOf(whole, whole.length - 3);
        assertThatThrownBy(() -> AnomalyRecord.of(part, 0)).isInstanceOf(IOException.class);
    }

    private static byte[] message(int epoch, long n) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(1, bytes(new UUID(1, 2)));
        out.writeByteArray(2, bytes(ID));
        if (epoch != 0) {
            out.writeUInt32(3, epoch);
        }
        out.writeUInt64(4, n);
        out.writeByteArray(5, bytes(new UUID(3, 4)));
        out.writeString(7, "outage-001");
        out.writeDouble(12, 0.9);
        out.writeInt64(17, -1);
        out.writeFixed32(100, 5);
        out.writeString(23, "The error rate is 90 %");
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] bytes(UUID uuid) {
        return ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }
}
