package io.millrace.jobs.detection;

import io.millrace.jobs.wire.ValueSerializer;
import io.millrace.schema.window.Cube;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Keys of detection. */
public final class SeriesSerializer extends ValueSerializer<Series> {
    public static final SeriesSerializer INSTANCE = new SeriesSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public SeriesSerializer() {
        super(Series.class);
    }

    @Override
    public void serialize(Series series, DataOutputView out) throws IOException {
        write(series, out);
    }

    @Override
    public Series deserialize(DataInputView in) throws IOException {
        return read(in);
    }

    static void write(Series series, DataOutput out) throws IOException {
        out.writeLong(series.project().getMostSignificantBits());
        out.writeLong(series.project().getLeastSignificantBits());
        out.writeByte(series.cube().code());
        out.writeByte(series.dims().size());
        for (String dim : series.dims()) {
            out.writeUTF(dim);
        }
    }

    static Series read(DataInput in) throws IOException {
        UUID project = new UUID(in.readLong(), in.readLong());
        Cube cube = Cube.of(in.readByte());
        int size = in.readByte();
        List<String> dims = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            dims.add(in.readUTF());
        }
        return new Series(project, cube, List.copyOf(dims));
    }
}
