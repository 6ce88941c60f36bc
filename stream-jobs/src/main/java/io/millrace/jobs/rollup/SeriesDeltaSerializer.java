package io.millrace.jobs.rollup;

import io.millrace.jobs.wire.ValueSerializer;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.WindowValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Deltas between tasks. */
public final class SeriesDeltaSerializer extends ValueSerializer<SeriesDelta> {
    public static final SeriesDeltaSerializer INSTANCE = new SeriesDeltaSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public SeriesDeltaSerializer() {
        super(SeriesDelta.class);
    }

    @Override
    public void serialize(SeriesDelta delta, DataOutputView out) throws IOException {
        SeriesWindow window = delta.window();
        out.writeLong(window.project().getMostSignificantBits());
        out.writeLong(window.project().getLeastSignificantBits());
        out.writeByte(window.cube().code());
        out.writeLong(window.windowStart());
        writeDims(window.dims(), out);
        byte[] value = delta.value().encode();
        out.writeInt(value.length);
        out.write(value);
    }

    @Override
    public SeriesDelta deserialize(DataInputView in) throws IOException {
        UUID project = new UUID(in.readLong(), in.readLong());
        Cube cube = Cube.of(in.readByte());
        long start = in.readLong();
        List<String> dims = readDims(in);
        byte[] value = new byte[in.readInt()];
        in.readFully(value);
        return new SeriesDelta(new SeriesWindow(project, cube, dims, start), WindowValue.decode(value));
    }

    static void writeDims(List<String> dims, DataOutputView out) throws IOException {
        out.writeByte(dims.size());
        for (String dim : dims) {
            out.writeUTF(dim);
        }
    }

    static List<String> readDims(DataInputView in) throws IOException {
        int size = in.readByte();
        List<String> dims = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            dims.add(in.readUTF());
        }
        return List.copyOf(dims);
    }
}
