package io.millrace.jobs.detection;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Open anomalies in state. */
public final class MemberSerializer extends ValueSerializer<Incidents.Member> {
    public static final MemberSerializer INSTANCE = new MemberSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public MemberSerializer() {
        super(Incidents.Member.class);
    }

    @Override
    public void serialize(Incidents.Member member, DataOutputView out) throws IOException {
        UuidSerializer.INSTANCE.serialize(member.incident(), out);
        FindingSerializer.write(member.finding(), out);
    }

    @Override
    public Incidents.Member deserialize(DataInputView in) throws IOException {
        return new Incidents.Member(UuidSerializer.INSTANCE.deserialize(in), FindingSerializer.read(in));
    }
}
