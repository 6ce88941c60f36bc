package io.millrace.jobs.detection;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Anomalies between tasks. */
public final class AnomalySerializer extends ValueSerializer<Anomaly> {
    public static final AnomalySerializer INSTANCE = new AnomalySerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public AnomalySerializer() {
        super(Anomaly.class);
    }

    @Override
    public void serialize(Anomaly anomaly, DataOutputView out) throws IOException {
        FindingSerializer.write(anomaly.finding(), out);
        UuidSerializer.INSTANCE.serialize(anomaly.incident(), out);
        SeriesSerializer.write(anomaly.cause(), out);
        out.writeByte(anomaly.severity().code());
        out.writeUTF(anomaly.sentence());
        out.writeInt(anomaly.epoch());
        out.writeLong(anomaly.revision());
    }

    @Override
    public Anomaly deserialize(DataInputView in) throws IOException {
        return new Anomaly(
                FindingSerializer.read(in),
                UuidSerializer.INSTANCE.deserialize(in),
                SeriesSerializer.read(in),
                Severity.values()[in.readByte()],
                in.readUTF(),
                in.readInt(),
                in.readLong());
    }
}
