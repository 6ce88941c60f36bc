package io.millrace.jobs.detection;

import io.millrace.jobs.wire.ValueSerializer;
import io.millrace.schema.window.Revision;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Windows between tasks. */
public final class WatchedWindowSerializer extends ValueSerializer<WatchedWindow> {
    public static final WatchedWindowSerializer INSTANCE = new WatchedWindowSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public WatchedWindowSerializer() {
        super(WatchedWindow.class);
    }

    @Override
    public void serialize(WatchedWindow window, DataOutputView out) throws IOException {
        SeriesSerializer.write(window.series(), out);
        out.writeLong(window.start());
        out.writeInt(window.revision().generation());
        out.writeInt(window.revision().epoch());
        out.writeLong(window.revision().n());
        writeBytes(window.value(), out);
    }

    @Override
    public WatchedWindow deserialize(DataInputView in) throws IOException {
        return new WatchedWindow(
                SeriesSerializer.read(in),
                in.readLong(),
                new Revision(in.readInt(), in.readInt(), in.readLong()),
                readBytes(in));
    }
}
