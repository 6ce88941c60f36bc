package io.millrace.jobs.rollup;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Marks between tasks. */
public final class StoredMarkSerializer extends ValueSerializer<StoredMark> {
    public static final StoredMarkSerializer INSTANCE = new StoredMarkSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public StoredMarkSerializer() {
        super(StoredMark.class);
    }

    @Override
    public void serialize(StoredMark mark, DataOutputView out) throws IOException {
        out.writeInt(mark.writer());
        out.writeInt(mark.writers());
        out.writeInt(mark.epoch());
        out.writeLong(mark.n());
        out.writeLong(mark.untilSecond());
    }

    @Override
    public StoredMark deserialize(DataInputView in) throws IOException {
        return new StoredMark(in.readInt(), in.readInt(), in.readInt(), in.readLong(), in.readLong());
    }
}
