package io.millrace.jobs.detection;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Findings between tasks. */
public final class FindingSerializer extends ValueSerializer<Finding> {
    public static final FindingSerializer INSTANCE = new FindingSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public FindingSerializer() {
        super(Finding.class);
    }

    @Override
    public void serialize(Finding finding, DataOutputView out) throws IOException {
        write(finding, out);
    }

    @Override
    public Finding deserialize(DataInputView in) throws IOException {
        return read(in);
    }

    static void write(Finding finding, DataOutput out) throws IOException {
        SeriesSerializer.write(finding.series(), out);
        write(finding.worst(), out);
        out.writeByte(finding.state().code());
        out.writeLong(finding.onset());
        out.writeLong(finding.since());
        out.writeLong(finding.firstSeen());
        out.writeLong(finding.lastSeen());
        out.writeLong(finding.ended());
    }

    static Finding read(DataInput in) throws IOException {
        return new Finding(
                SeriesSerializer.read(in),
                readJudgement(in),
                AnomalyState.values()[in.readByte()],
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong());
    }

    static void write(Judgement judgement, DataOutput out) throws IOException {
        out.writeByte(judgement.measure().code());
        out.writeByte(judgement.kind().code());
        out.writeDouble(judgement.observed());
        out.writeDouble(judgement.expected());
        out.writeDouble(judgement.lower());
        out.writeDouble(judgement.upper());
        out.writeDouble(judgement.score());
    }

    static Judgement readJudgement(DataInput in) throws IOException {
        return new Judgement(
                Measure.values()[in.readByte()],
                AnomalyKind.values()[in.readByte()],
                in.readDouble(),
                in.readDouble(),
                in.readDouble(),
                in.readDouble(),
                in.readDouble());
    }
}
