package io.millrace.jobs.log;

import io.millrace.jobs.detection.WatchedWindowSerializer;
import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What was heard, between tasks. */
public final class RollupHeardSerializer extends ValueSerializer<RollupHeard> {
    public static final RollupHeardSerializer INSTANCE = new RollupHeardSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public RollupHeardSerializer() {
        super(RollupHeard.class);
    }

    @Override
    public void serialize(RollupHeard heard, DataOutputView out) throws IOException {
        out.writeBoolean(heard.window() != null);
        if (heard.window() != null) {
            WatchedWindowSerializer.INSTANCE.serialize(heard.window(), out);
        } else {
            out.writeInt(heard.writer());
            out.writeInt(heard.writers());
            out.writeLong(heard.closedUntil());
        }
    }

    @Override
    public RollupHeard deserialize(DataInputView in) throws IOException {
        return in.readBoolean()
                ? RollupHeard.of(WatchedWindowSerializer.INSTANCE.deserialize(in))
                : RollupHeard.closed(in.readInt(), in.readInt(), in.readLong());
    }
}
