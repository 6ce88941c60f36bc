package io.millrace.jobs.assembly;

import io.millrace.jobs.wire.ValueSerializer;
import io.millrace.schema.id.TraceId;
import java.io.IOException;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** 32 bytes. */
public final class TraceKeySerializer extends ValueSerializer<TraceKey> {
    public static final TraceKeySerializer INSTANCE = new TraceKeySerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public TraceKeySerializer() {
        super(TraceKey.class);
    }

    @Override
    public void serialize(TraceKey key, DataOutputView out) throws IOException {
        out.writeLong(key.project().getMostSignificantBits());
        out.writeLong(key.project().getLeastSignificantBits());
        out.writeLong(key.trace().high());
        out.writeLong(key.trace().low());
    }

    @Override
    public TraceKey deserialize(DataInputView in) throws IOException {
        return new TraceKey(new UUID(in.readLong(), in.readLong()), new TraceId(in.readLong(), in.readLong()));
    }
}
