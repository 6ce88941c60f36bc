package io.millrace.jobs.log;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * Which records of the log were counted as not understood where they came first, and which of those were understood when
 * they were replayed. A bit each, in blocks of the log: however many there are, they take next to nothing of what the log
 * takes for them.
 *
 * <p>Every task has all of it after a restart, since partitions move between tasks. So that copies can be put together,
 * nothing is taken out but whole blocks that are old.
 */
final class Quarantine {
    /** Longer than the log may be read behind and a record is listed, together. */
    static final long KEPT_MILLIS = 21L * 86_400_000;

    private static final int VERSION = 1;
    private static final int BLOCK_BITS = 12;
    /** It changed, and nobody has told the time since. */
    private static final long JUST_NOW = Long.MAX_VALUE;

    private final ListState<byte[]> state;
    private final Map<Place, Block> blocks = new HashMap<>();

    private record Place(int partition, long block) {
        static Place of(int partition, long offset) {
            return new Place(partition, offset >> BLOCK_BITS);
        }
    }

    private static final class Block {
        private final BitSet rejected = new BitSet();
        private final BitSet recovered = new BitSet();
        private long changedAt = Long.MIN_VALUE;
    }

    private Quarantine(ListState<byte[]> state) {
        this.state = state;
    }

    static Quarantine open(StateInitializationContext context) throws Exception {
        Quarantine quarantine = new Quarantine(context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>("quarantine", BytePrimitiveArraySerializer.INSTANCE)));
        for (byte[] block : quarantine.state.get()) {
            quarantine.restore(new DataInputDeserializer(block));
        }
        return quarantine;
    }

    /** The record at this place was not understood. */
    void add(int partition, long offset) {
        Block block = block(Place.of(partition, offset));
        block.rejected.set(bit(offset));
        block.changedAt = JUST_NOW;
    }

    /** The record that is at this place was understood. */
    void release(int partition, long offset) {
        Block block = block(Place.of(partition, offset));
        block.recovered.set(bit(offset));
        block.changedAt = JUST_NOW;
    }

    /** Whether the record at this place was not understood, and has not been since. */
    boolean holds(int partition, long offset) {
        Block block = blocks.get(Place.of(partition, offset));
        return block != null && block.rejected.get(bit(offset)) && !block.recovered.get(bit(offset));
    }

    /**
     * For a checkpoint. What changed last long ago is forgotten: the log has nothing of it any more.
     *
     * @param millis the time of the newest tick; 0 before there was one
     */
    void snapshot(long millis) throws Exception {
        if (millis > 0) {
            blocks.values().removeIf(block -> block.changedAt < millis - KEPT_MILLIS);
            blocks.values().forEach(block -> block.changedAt = Math.min(block.changedAt, millis));
        }
        List<byte[]> all = new ArrayList<>(blocks.size());
        for (Map.Entry<Place, Block> entry : blocks.entrySet()) {
            all.add(bytes(entry.getKey(), entry.getValue()));
        }
        state.update(all);
    }

    private Block block(Place place) {
        return blocks.computeIfAbsent(place, absent -> new Block());
    }

    private static int bit(long offset) {
        return (int) (offset & (1 << BLOCK_BITS) - 1);
    }

    private static byte[] bytes(Place place, Block block) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        out.writeByte(VERSION);
        out.writeInt(place.partition);
        out.writeLong(place.block);
        out.writeLong(block.changedAt);
        ValueSerializer.writeBytes(block.rejected.toByteArray(), out);
        ValueSerializer.writeBytes(block.recovered.toByteArray(), out);
        return out.getCopyOfBuffer();
    }

    private void restore(DataInputDeserializer in) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("a quarantine of version " + version);
        }
        Block block = block(new Place(in.readInt(), in.readLong()));
        block.changedAt = Math.max(block.changedAt, in.readLong());
        block.rejected.or(BitSet.valueOf(ValueSerializer.readBytes(in)));
        block.recovered.or(BitSet.valueOf(ValueSerializer.readBytes(in)));
    }
}
