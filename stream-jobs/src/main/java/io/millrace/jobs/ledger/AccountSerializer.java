package io.millrace.jobs.ledger;

import io.millrace.jobs.wire.ValueSerializer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Postings between tasks. */
public final class AccountSerializer extends ValueSerializer<Account> {
    public static final AccountSerializer INSTANCE = new AccountSerializer();

    private static final long serialVersionUID = 1L;

    /** For restoring state. */
    public AccountSerializer() {
        super(Account.class);
    }

    @Override
    public void serialize(Account account, DataOutputView out) throws IOException {
        writeProject(account.project(), out);
        out.writeLong(account.minuteMillis());
        out.writeInt(account.partition());
        out.writeLong(account.nextOffset());
        out.writeLong(account.accepted());
        out.writeLong(account.duplicate());
        out.writeLong(account.merged());
        out.writeLong(account.waiting());
        writeCounts(account.refused(), out);
        writeCounts(account.ignored(), out);
        writeCounts(account.quarantined(), out);
    }

    @Override
    public Account deserialize(DataInputView in) throws IOException {
        return new Account(
                readProject(in),
                in.readLong(),
                in.readInt(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                readCounts(in),
                readCounts(in),
                readCounts(in));
    }

    static void writeProject(@Nullable UUID project, DataOutputView out) throws IOException {
        out.writeBoolean(project != null);
        if (project != null) {
            out.writeLong(project.getMostSignificantBits());
            out.writeLong(project.getLeastSignificantBits());
        }
    }

    static @Nullable UUID readProject(DataInputView in) throws IOException {
        return in.readBoolean() ? new UUID(in.readLong(), in.readLong()) : null;
    }

    static void writeCounts(Map<String, Long> counts, DataOutputView out) throws IOException {
        out.writeShort(counts.size());
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            out.writeUTF(count.getKey());
            out.writeLong(count.getValue());
        }
    }

    static Map<String, Long> readCounts(DataInputView in) throws IOException {
        int size = in.readShort();
        if (size == 0) {
            return Map.of();
        }
        Map<String, Long> counts = new HashMap<>(size * 2);
        for (int i = 0; i < size; i++) {
            counts.put(in.readUTF(), in.readLong());
        }
        return counts;
    }
}
