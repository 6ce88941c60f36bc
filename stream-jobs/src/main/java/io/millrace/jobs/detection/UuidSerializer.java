package io.millrace.jobs.detection;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** 16 bytes. */
public final class UuidSerializer extends ValueSerializer<UUID> {
    public static final UuidSerializer INSTANCE = new UuidSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public UuidSerializer() {
        super(UUID.class);
    }

    @Override
    public void serialize(UUID id, DataOutputView out) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    @Override
    public UUID deserialize(DataInputView in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }
}
