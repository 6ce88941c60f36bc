package io.millrace.jobs.ledger;

import io.millrace.jobs.store.LedgerRow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;

/**
 * Counters by project, received minute and partition. Old minutes leave memory; should one come up again, it gets a
 * row of its own (another segment), so that absolute values never overwrite what is forgotten here.
 */
final class Books {
    private static final int VERSION = 2;
    /** Knew whole spans only, which never wait. */
    private static final int WITHOUT_WAITING = 1;

    private static final long KEPT_MILLIS = 20 * 60_000;

    private final Map<Key, Counts> counts = new HashMap<>();
    private final Map<Integer, Long> nextOffsets = new HashMap<>();
    private long segment;

    private record Key(UUID project, long minuteMillis, int partition) {}

    private static final class Counts {
        private final long segment;
        private long accepted;
        private long duplicate;
        private long merged;
        private long waiting;
        private final Map<String, Long> refused = new HashMap<>(0);
        private final Map<String, Long> ignored = new HashMap<>(0);
        private final Map<String, Long> quarantined = new HashMap<>(0);
        /** The segment in which it changed last. */
        private long changedIn;
        /** The store does not have these counts yet. */
        private boolean unsaved = true;

        private Counts(long segment) {
            this.segment = segment;
        }
    }

    /**
     * @param segment the last completed checkpoint
     */
    Books(long segment) {
        this.segment = segment;
    }

    void post(Account account) {
        if (account.nextOffset() >= 0) {
            nextOffsets.merge(account.partition(), account.nextOffset(), Math::max);
        }
        UUID project = account.project();
        if (project == null) {
            return;
        }
        Counts entry = counts.computeIfAbsent(
                new Key(project, account.minuteMillis(), account.partition()), absent -> new Counts(segment));
        entry.accepted += account.accepted();
        entry.duplicate += account.duplicate();
        entry.merged += account.merged();
        entry.waiting += account.waiting();
        add(entry.refused, account.refused());
        add(entry.ignored, account.ignored());
        add(entry.quarantined, account.quarantined());
        entry.changedIn = segment;
        entry.unsaved = true;
    }

    /** Absolute rows of everything that changed since it was last saved. */
    List<LedgerRow> unsaved() {
        List<LedgerRow> rows = new ArrayList<>();
        counts.forEach((key, entry) -> {
            if (entry.unsaved) {
                rows.add(new LedgerRow(
                        key.project,
                        key.minuteMillis,
                        key.partition,
                        entry.segment,
                        entry.accepted,
                        entry.duplicate,
                        entry.merged,
                        entry.waiting,
                        entry.refused,
                        entry.ignored,
                        entry.quarantined));
            }
        });
        return rows;
    }

    Map<Integer, Long> nextOffsets() {
        return Map.copyOf(nextOffsets);
    }

    /** What is posted from here on comes after the barrier of this checkpoint. */
    void beginSegment(long checkpoint) {
        segment = checkpoint;
    }

    /** The cut of this checkpoint is in the store. */
    void saved(long checkpoint) {
        counts.values().forEach(entry -> {
            if (entry.changedIn < checkpoint) {
                entry.unsaved = false;
            }
        });
    }

    /** Lets go of minutes long past that are saved. */
    void forgetBefore(long streamTimeMillis) {
        if (streamTimeMillis == Long.MIN_VALUE) {
            return; // no tick yet: nothing is long past
        }
        Iterator<Map.Entry<Key, Counts>> entries = counts.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<Key, Counts> entry = entries.next();
            if (!entry.getValue().unsaved && entry.getKey().minuteMillis < streamTimeMillis - KEPT_MILLIS) {
                entries.remove();
            }
        }
    }

    byte[] snapshot() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputView out = new DataOutputViewStreamWrapper(bytes);
        out.writeByte(VERSION);
        out.writeInt(nextOffsets.size());
        for (Map.Entry<Integer, Long> entry : nextOffsets.entrySet()) {
            out.writeInt(entry.getKey());
            out.writeLong(entry.getValue());
        }
        out.writeInt(counts.size());
        for (Map.Entry<Key, Counts> entry : counts.entrySet()) {
            AccountSerializer.writeProject(entry.getKey().project, out);
            out.writeLong(entry.getKey().minuteMillis);
            out.writeInt(entry.getKey().partition);
            Counts value = entry.getValue();
            out.writeLong(value.segment);
            out.writeLong(value.accepted);
            out.writeLong(value.duplicate);
            out.writeLong(value.merged);
            out.writeLong(value.waiting);
            AccountSerializer.writeCounts(value.refused, out);
            AccountSerializer.writeCounts(value.ignored, out);
            AccountSerializer.writeCounts(value.quarantined, out);
        }
        return bytes.toByteArray();
    }

    void restore(byte[] snapshot) throws IOException {
        DataInputView in = new DataInputViewStreamWrapper(new DataInputStream(new ByteArrayInputStream(snapshot)));
        int version = in.readByte();
        if (version != VERSION && version != WITHOUT_WAITING) {
            throw new IOException("books of version " + version);
        }
        int partitions = in.readInt();
        for (int i = 0; i < partitions; i++) {
            nextOffsets.merge(in.readInt(), in.readLong(), Math::max);
        }
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            UUID project = AccountSerializer.readProject(in);
            Key key = new Key(Objects.requireNonNull(project), in.readLong(), in.readInt());
            Counts value = new Counts(in.readLong());
            value.accepted = in.readLong();
            value.duplicate = in.readLong();
            value.merged = in.readLong();
            value.waiting = version == WITHOUT_WAITING ? 0 : in.readLong();
            value.refused.putAll(AccountSerializer.readCounts(in));
            value.ignored.putAll(AccountSerializer.readCounts(in));
            value.quarantined.putAll(AccountSerializer.readCounts(in));
            counts.put(key, value);
        }
    }

    private static void add(Map<String, Long> sums, Map<String, Long> more) {
        more.forEach((reason, count) -> sums.merge(reason, count, Long::sum));
    }
}
