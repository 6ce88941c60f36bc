package io.millrace.jobs.rollup;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What is said of windows, between tasks. */
public final class RollupSaidSerializer extends ValueSerializer<RollupSaid> {
    public static final RollupSaidSerializer INSTANCE = new RollupSaidSerializer();

    private static final long serialVersionUID = 1L;
    private static final int UPDATE = 0;
    private static final int CLOSED = 1;
    private static final int STORED = 2;

    /** For restoring state. */
    public RollupSaidSerializer() {
        super(RollupSaid.class);
    }

    @Override
    public void serialize(RollupSaid said, DataOutputView out) throws IOException {
        if (said instanceof RollupUpdate update) {
            out.writeByte(UPDATE);
            RollupUpdateSerializer.INSTANCE.serialize(update, out);
        } else if (said instanceof ClosedMark mark) {
            out.writeByte(CLOSED);
            out.writeInt(mark.partition());
            out.writeInt(mark.writer());
            out.writeInt(mark.writers());
            out.writeLong(mark.untilSecond());
        } else if (said instanceof StoredMark mark) {
            out.writeByte(STORED);
            StoredMarkSerializer.INSTANCE.serialize(mark, out);
        }
    }

    @Override
    public RollupSaid deserialize(DataInputView in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case UPDATE -> RollupUpdateSerializer.INSTANCE.deserialize(in);
            case CLOSED -> new ClosedMark(in.readInt(), in.readInt(), in.readInt(), in.readLong());
            case STORED -> StoredMarkSerializer.INSTANCE.deserialize(in);
            default -> throw new IOException("nothing that is said of windows: " + kind);
        };
    }
}
