package io.millrace.jobs.log;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Records between tasks, where the source is not chained. */
public final class LogRecordSerializer extends ValueSerializer<LogRecord> {
    public static final LogRecordSerializer INSTANCE = new LogRecordSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public LogRecordSerializer() {
        super(LogRecord.class);
    }

    @Override
    public void serialize(LogRecord record, DataOutputView out) throws IOException {
        out.writeInt(record.partition());
        out.writeLong(record.offset());
        out.writeLong(record.timestampMillis());
        out.writeLong(record.tickMillis());
        byte[] counts = record.counts();
        out.writeInt(counts == null ? -1 : counts.length);
        if (counts != null) {
            out.write(counts);
        }
        out.writeInt(record.value().length);
        out.write(record.value());
    }

    @Override
    public LogRecord deserialize(DataInputView in) throws IOException {
        int partition = in.readInt();
        long offset = in.readLong();
        long timestamp = in.readLong();
        long tick = in.readLong();
        int length = in.readInt();
        byte[] counts = length < 0 ? null : new byte[length];
        if (counts != null) {
            in.readFully(counts);
        }
        byte[] value = new byte[in.readInt()];
        in.readFully(value);
        return new LogRecord(partition, offset, timestamp, tick, counts, value);
    }
}
