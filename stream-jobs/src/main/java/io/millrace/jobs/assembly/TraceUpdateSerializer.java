package io.millrace.jobs.assembly;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Updates between tasks. */
public final class TraceUpdateSerializer extends ValueSerializer<TraceUpdate> {
    public static final TraceUpdateSerializer INSTANCE = new TraceUpdateSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public TraceUpdateSerializer() {
        super(TraceUpdate.class);
    }

    @Override
    public void serialize(TraceUpdate update, DataOutputView out) throws IOException {
        TraceKeySerializer.INSTANCE.serialize(update.key(), out);
        writeBytes(update.message(), out);
    }

    @Override
    public TraceUpdate deserialize(DataInputView in) throws IOException {
        return new TraceUpdate(TraceKeySerializer.INSTANCE.deserialize(in), readBytes(in));
    }
}
