package io.millrace.jobs.store;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What is told of rejected records, between tasks. */
public final class RejectionSerializer extends ValueSerializer<Rejection> {
    public static final RejectionSerializer INSTANCE = new RejectionSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public RejectionSerializer() {
        super(Rejection.class);
    }

    @Override
    public void serialize(Rejection rejection, DataOutputView out) throws IOException {
        UUID project = rejection.project();
        out.writeBoolean(project != null);
        if (project != null) {
            out.writeLong(project.getMostSignificantBits());
            out.writeLong(project.getLeastSignificantBits());
        }
        out.writeLong(rejection.receivedAtMillis());
        out.writeInt(rejection.partition());
        out.writeLong(rejection.offset());
        out.writeUTF(rejection.reason());
        out.writeLong(rejection.items());
        out.writeInt(rejection.bytes());
        writeBytes(rejection.sha256(), out);
        out.writeLong(rejection.replayedAtMillis());
        out.writeBoolean(rejection.recovered());
    }

    @Override
    public Rejection deserialize(DataInputView in) throws IOException {
        return new Rejection(
                in.readBoolean() ? new UUID(in.readLong(), in.readLong()) : null,
                in.readLong(),
                in.readInt(),
                in.readLong(),
                in.readUTF(),
                in.readLong(),
                in.readInt(),
                readBytes(in),
                in.readLong(),
                in.readBoolean());
    }
}
