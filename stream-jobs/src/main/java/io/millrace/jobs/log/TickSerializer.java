package io.millrace.jobs.log;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Ticks between tasks. */
public final class TickSerializer extends ValueSerializer<Tick> {
    public static final TickSerializer INSTANCE = new TickSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public TickSerializer() {
        super(Tick.class);
    }

    @Override
    public void serialize(Tick tick, DataOutputView out) throws IOException {
        out.writeInt(tick.partition());
        out.writeLong(tick.millis());
    }

    @Override
    public Tick deserialize(DataInputView in) throws IOException {
        return new Tick(in.readInt(), in.readLong());
    }
}
