package io.millrace.jobs.rollup;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Keys of the windows in state. */
public final class SlotSerializer extends ValueSerializer<Slot> {
    public static final SlotSerializer INSTANCE = new SlotSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public SlotSerializer() {
        super(Slot.class);
    }

    @Override
    public void serialize(Slot slot, DataOutputView out) throws IOException {
        out.writeLong(slot.windowStart());
        SeriesDeltaSerializer.writeDims(slot.dims(), out);
    }

    @Override
    public Slot deserialize(DataInputView in) throws IOException {
        return new Slot(in.readLong(), SeriesDeltaSerializer.readDims(in));
    }
}
