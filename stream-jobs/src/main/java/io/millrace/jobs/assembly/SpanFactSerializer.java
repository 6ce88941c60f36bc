package io.millrace.jobs.assembly;

import io.millrace.jobs.wire.ValueSerializer;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.SpanMessage;
import java.io.IOException;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** A span fact as its message and what the record around it said. */
public final class SpanFactSerializer extends ValueSerializer<SpanFact> {
    public static final SpanFactSerializer INSTANCE = new SpanFactSerializer();

    private static final long serialVersionUID = 1L;
    private static final int VERSION = 2;
    /** Knew whole spans only. */
    private static final int WITHOUT_PARTIALS = 1;

    private static final int HAS_COST = 1;
    private static final int HAS_REPORTED = 2;

    /** For restoring state. */
    public SpanFactSerializer() {
        super(SpanFact.class);
    }

    @Override
    public void serialize(SpanFact fact, DataOutputView out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(fact.project().getMostSignificantBits());
        out.writeLong(fact.project().getLeastSignificantBits());
        writeBytes(fact.message().toByteArray(), out);
        out.writeUTF(fact.environment());
        out.writeUTF(fact.service());
        out.writeUTF(fact.release());
        writeCost(fact.cost(), out);
        out.writeLong(fact.windowAtNanos());
        out.writeLong(fact.receivedAtMillis());
        out.writeInt(fact.marks());
        out.writeInt(fact.partition());
        out.writeLong(fact.offset());
        writePartials(fact.partials(), out);
    }

    @Override
    public SpanFact deserialize(DataInputView in) throws IOException {
        int version = in.readByte();
        if (version != VERSION && version != WITHOUT_PARTIALS) {
            throw new IOException("a span fact of version " + version);
        }
        UUID project = new UUID(in.readLong(), in.readLong());
        SpanMessage message = SpanMessage.parseFrom(readBytes(in));
        TraceId trace = TraceId.of(message.getTraceId().toByteArray(), 0);
        return new SpanFact(
                project,
                trace,
                message.getSpanId().isEmpty()
                        ? SpanFact.ofTrace(trace)
                        : SpanId.of(message.getSpanId().toByteArray()),
                parentOf(message),
                message,
                in.readUTF(),
                in.readUTF(),
                in.readUTF(),
                message.hasUsage() ? Usage.of(message.getUsage()) : null,
                readCost(in),
                in.readLong(),
                in.readLong(),
                in.readInt(),
                in.readInt(),
                in.readLong(),
                version == WITHOUT_PARTIALS ? null : readPartials(in));
    }

    static void writePartials(@Nullable Partials partials, DataOutputView out) throws IOException {
        out.writeBoolean(partials != null);
        if (partials != null) {
            writeBytes(partials.toBytes(), out);
        }
    }

    static @Nullable Partials readPartials(DataInputView in) throws IOException {
        return in.readBoolean() ? Partials.of(readBytes(in)) : null;
    }

    /** The parent that a message names; null at a root. */
    public static @Nullable SpanId parentOf(SpanMessage message) {
        return message.getParentSpanId().isEmpty()
                ? null
                : SpanId.of(message.getParentSpanId().toByteArray());
    }

    private static void writeCost(SpanCost cost, DataOutputView out) throws IOException {
        Long pico = cost.pico();
        Long reported = cost.reportedPico();
        out.writeByte((pico == null ? 0 : HAS_COST) | (reported == null ? 0 : HAS_REPORTED));
        if (pico != null) {
            out.writeLong(pico);
        }
        if (reported != null) {
            out.writeLong(reported);
        }
        out.writeUTF(cost.source());
        out.writeUTF(cost.version());
        out.writeUTF(cost.note());
    }

    private static SpanCost readCost(DataInputView in) throws IOException {
        int flags = in.readByte();
        Long pico = (flags & HAS_COST) == 0 ? null : (Long) in.readLong();
        Long reported = (flags & HAS_REPORTED) == 0 ? null : (Long) in.readLong();
        return new SpanCost(pico, reported, in.readUTF(), in.readUTF(), in.readUTF());
    }
}
