package io.millrace.jobs.rollup;

import io.millrace.jobs.wire.ValueSerializer;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Revision;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Updates between tasks. */
public final class RollupUpdateSerializer extends ValueSerializer<RollupUpdate> {
    public static final RollupUpdateSerializer INSTANCE = new RollupUpdateSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public RollupUpdateSerializer() {
        super(RollupUpdate.class);
    }

    @Override
    public void serialize(RollupUpdate update, DataOutputView out) throws IOException {
        SeriesWindow window = update.window();
        out.writeLong(window.project().getMostSignificantBits());
        out.writeLong(window.project().getLeastSignificantBits());
        out.writeByte(window.cube().code());
        out.writeLong(window.windowStart());
        SeriesDeltaSerializer.writeDims(window.dims(), out);
        out.writeInt(update.revision().generation());
        out.writeInt(update.revision().epoch());
        out.writeLong(update.revision().n());
        out.writeBoolean(update.closed());
        out.writeInt(update.value().length);
        out.write(update.value());
    }

    @Override
    public RollupUpdate deserialize(DataInputView in) throws IOException {
        UUID project = new UUID(in.readLong(), in.readLong());
        Cube cube = Cube.of(in.readByte());
        long start = in.readLong();
        List<String> dims = SeriesDeltaSerializer.readDims(in);
        Revision revision = new Revision(in.readInt(), in.readInt(), in.readLong());
        boolean closed = in.readBoolean();
        byte[] value = new byte[in.readInt()];
        in.readFully(value);
        return new RollupUpdate(new SeriesWindow(project, cube, dims, start), revision, closed, value);
    }
}
