package io.millrace.jobs.assembly;

import io.millrace.jobs.wire.ValueSerializer;
import io.millrace.schema.id.SpanId;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** A trace in state. */
public final class TraceSerializer extends ValueSerializer<Trace> {
    public static final TraceSerializer INSTANCE = new TraceSerializer();

    private static final long serialVersionUID = 1L;
    private static final int VERSION = 3;
    /** Knew whole spans only. */
    private static final int WITHOUT_PARTIALS = 2;

    private static final int COUNTED = 1;
    private static final int CALL_BELOW = 2;
    private static final int ROOT = 4;
    private static final int WAITS = 8;

    /** For restoring state. */
    public TraceSerializer() {
        super(Trace.class);
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public Trace copy(Trace from) {
        return from.copy();
    }

    @Override
    public void serialize(Trace trace, DataOutputView out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(trace.epochDay);
        out.writeInt(trace.members.size());
        for (Member member : trace.members) {
            writeMember(member, out);
        }
        out.writeInt(trace.absentAboveCall.size());
        for (SpanId absent : trace.absentAboveCall) {
            writeBytes(absent.bytes(), out);
        }
        TraceTotals flushed = trace.flushed;
        out.writeBoolean(flushed != null);
        if (flushed != null) {
            flushed.writeTo(out);
        }
        out.writeBoolean(trace.consulted);
        out.writeUTF(trace.externalId);
        out.writeByte(trace.state.code());
        out.writeBoolean(trace.quiet);
        out.writeBoolean(trace.partial);
        out.writeInt(trace.root);
        writeContributed(trace, out);
        out.writeLong(trace.firstReceivedMillis);
        out.writeLong(trace.lastReceivedMillis);
        out.writeLong(trace.beganAt);
        out.writeLong(trace.changedAt);
        out.writeLong(trace.timerAt);
        out.writeBoolean(trace.unsaid);
        out.writeLong(trace.writtenAt);
        out.writeLong(trace.dirtyAfterCheckpoint);
        SpanFactSerializer.writePartials(trace.own, out);
        out.writeLong(trace.openedAt);
    }

    @Override
    public Trace deserialize(DataInputView in) throws IOException {
        int version = in.readByte();
        if (version != VERSION && version != WITHOUT_PARTIALS) {
            throw new IOException("a trace of version " + version);
        }
        long epochDay = in.readLong();
        int size = in.readInt();
        List<Member> members = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            members.add(readMember(in));
        }
        int absent = in.readInt();
        Set<SpanId> absentAboveCall = new HashSet<>(absent * 2);
        for (int i = 0; i < absent; i++) {
            absentAboveCall.add(SpanId.of(readBytes(in)));
        }
        Trace trace = new Trace(epochDay, members, absentAboveCall);
        trace.flushed = in.readBoolean() ? TraceTotals.readFrom(in) : null;
        trace.consulted = in.readBoolean();
        trace.externalId = in.readUTF();
        trace.state = TraceState.values()[in.readByte()];
        trace.quiet = in.readBoolean();
        trace.partial = in.readBoolean();
        trace.root = in.readInt();
        readContributed(trace, in);
        trace.firstReceivedMillis = in.readLong();
        trace.lastReceivedMillis = in.readLong();
        trace.beganAt = in.readLong();
        trace.changedAt = in.readLong();
        trace.timerAt = in.readLong();
        trace.unsaid = in.readBoolean();
        trace.writtenAt = in.readLong();
        trace.dirtyAfterCheckpoint = in.readLong();
        if (version != WITHOUT_PARTIALS) {
            trace.own = SpanFactSerializer.readPartials(in);
            trace.openedAt = in.readLong();
        }
        return trace;
    }

    private static void writeMember(Member member, DataOutputView out) throws IOException {
        SpanFactSerializer.INSTANCE.serialize(member.fact(), out);
        out.writeByte((member.counted() ? COUNTED : 0)
                | (member.callBelow() ? CALL_BELOW : 0)
                | (member.root() ? ROOT : 0)
                | (member.waits() ? WAITS : 0));
    }

    private static Member readMember(DataInputView in) throws IOException {
        SpanFact fact = SpanFactSerializer.INSTANCE.deserialize(in);
        int flags = in.readByte();
        return new Member(
                fact, (flags & COUNTED) != 0, (flags & CALL_BELOW) != 0, (flags & ROOT) != 0, (flags & WAITS) != 0);
    }

    private static void writeContributed(Trace trace, DataOutputView out) throws IOException {
        Member root = trace.contributedRoot;
        out.writeBoolean(root != null);
        if (root != null) {
            writeMember(root, out);
            writeBytes(cost(trace.contributedCost), out);
        }
    }

    private static byte[] cost(@Nullable BigInteger cost) {
        return cost == null ? new byte[0] : cost.toByteArray();
    }

    private static void readContributed(Trace trace, DataInputView in) throws IOException {
        if (in.readBoolean()) {
            trace.contributedRoot = readMember(in);
            byte[] cost = readBytes(in);
            trace.contributedCost = cost.length == 0 ? null : new BigInteger(cost);
        }
    }
}
