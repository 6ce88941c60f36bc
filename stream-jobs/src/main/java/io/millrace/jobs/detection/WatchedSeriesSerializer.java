package io.millrace.jobs.detection;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/** Series in state. */
public final class WatchedSeriesSerializer extends ValueSerializer<WatchedSeries> {
    public static final WatchedSeriesSerializer INSTANCE = new WatchedSeriesSerializer();

    private static final long serialVersionUID = 1L;
    private static final int VERSION = 3;
    private static final int USUAL_BYTES = 512;

    /** For restoring state. */
    public WatchedSeriesSerializer() {
        super(WatchedSeries.class);
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public WatchedSeries copy(WatchedSeries from) {
        try {
            DataOutputSerializer out = new DataOutputSerializer(USUAL_BYTES);
            serialize(from, out);
            return deserialize(new DataInputDeserializer(out.wrapAsByteBuffer()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void serialize(WatchedSeries series, DataOutputView out) throws IOException {
        out.writeByte(VERSION);
        series.writeTo(out);
    }

    @Override
    public WatchedSeries deserialize(DataInputView in) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("a watched series of version " + version);
        }
        return WatchedSeries.readFrom(in);
    }
}
