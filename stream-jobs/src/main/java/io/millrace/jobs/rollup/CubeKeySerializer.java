package io.millrace.jobs.rollup;

import io.millrace.jobs.wire.ValueSerializer;
import io.millrace.schema.window.Cube;
import java.io.IOException;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** 17 bytes. */
public final class CubeKeySerializer extends ValueSerializer<CubeKey> {
    public static final CubeKeySerializer INSTANCE = new CubeKeySerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public CubeKeySerializer() {
        super(CubeKey.class);
    }

    @Override
    public void serialize(CubeKey key, DataOutputView out) throws IOException {
        out.writeLong(key.project().getMostSignificantBits());
        out.writeLong(key.project().getLeastSignificantBits());
        out.writeByte(key.cube().code());
    }

    @Override
    public CubeKey deserialize(DataInputView in) throws IOException {
        return new CubeKey(new UUID(in.readLong(), in.readLong()), Cube.of(in.readByte()));
    }
}
