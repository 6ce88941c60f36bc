package io.millrace.jobs.rollup;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Values of the windows in state. */
public final class OpenWindowSerializer extends ValueSerializer<OpenWindow> {
    public static final OpenWindowSerializer INSTANCE = new OpenWindowSerializer();

    private static final long serialVersionUID = 1L;
    private static final int VERSION = 1;

    /** For restoring state. */
    public OpenWindowSerializer() {
        super(OpenWindow.class);
    }

    @Override
    public void serialize(OpenWindow window, DataOutputView out) throws IOException {
        out.writeByte(VERSION);
        out.writeBoolean(window.unsaid());
        out.writeBoolean(window.stored());
        out.writeInt(window.value().length);
        out.write(window.value());
    }

    @Override
    public OpenWindow deserialize(DataInputView in) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("a window of version " + version);
        }
        boolean unsaid = in.readBoolean();
        boolean stored = in.readBoolean();
        byte[] value = new byte[in.readInt()];
        in.readFully(value);
        return new OpenWindow(value, unsaid, stored);
    }
}
