package io.millrace.jobs.log;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

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
        writeHeader(record.counts(), out);
        writeHeader(record.replay(), out);
        out.writeInt(record.value().length);
        out.write(record.value());
    }

    @Override
    public LogRecord deserialize(DataInputView in) throws IOException {
        int partition = in.readInt();
        long offset = in.readLong();
        long timestamp = in.readLong();
        long tick = in.readLong();
        byte[] counts = readHeader(in);
        byte[] replay = readHeader(in);
        byte[] value = new byte[in.readInt()];
        in.readFully(value);
        return new LogRecord(partition, offset, timestamp, tick, counts, replay, value);
    }

    private static void writeHeader(byte @Nullable [] header, DataOutputView out) throws IOException {
        out.writeInt(header == null ? -1 : header.length);
        if (header != null) {
            out.write(header);
        }
    }

    private static byte @Nullable [] readHeader(DataInputView in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            return null;
        }
        byte[] header = new byte[length];
        in.readFully(header);
        return header;
    }
}
