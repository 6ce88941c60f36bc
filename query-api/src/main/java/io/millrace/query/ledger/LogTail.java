package io.millrace.query.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.Counts;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The counts of one partition's records from where the jobs' counters stand to as far as it was read. A record is read
 * once, however often the ledger is asked. Not thread-safe.
 */
final class LogTail {
    private final Deque<Entry> entries = new ArrayDeque<>();
    private long readTo;

    private record Entry(long offset, long receivedMillis, UUID project, LogCounts counts) {}

    /** Forgets what the jobs have accounted for. */
    void accountedTo(long offset) {
        while (!entries.isEmpty() && entries.peekFirst().offset < offset) {
            entries.removeFirst();
        }
        readTo = Math.max(readTo, offset);
    }

    /** Where to read on. */
    long readTo() {
        return readTo;
    }

    int size() {
        return entries.size();
    }

    /**
     * Takes the next record; one without counts (a tick) only moves the position.
     *
     * @throws InvalidProtocolBufferException for counts that nobody of ours wrote
     */
    void add(ConsumerRecord<byte[], byte[]> record) throws InvalidProtocolBufferException {
        if (record.offset() < readTo) {
            return;
        }
        readTo = record.offset() + 1;
        Header header = record.headers().lastHeader(Topic.COUNTS_HEADER);
        if (header != null) {
            Counts counts = Counts.parseFrom(header.value());
            entries.addLast(new Entry(record.offset(), record.timestamp(), uuid(counts.getProject()), of(counts)));
        }
    }

    /** Nothing more is to come before this offset: what is missing there was never a record, or is gone. */
    void skipTo(long offset) {
        readTo = Math.max(readTo, offset);
    }

    /**
     * The sum over a project's records received in a range.
     *
     * @param fromMillis inclusive
     * @param toMillis exclusive
     */
    LogCounts sum(UUID project, long fromMillis, long toMillis) {
        LogCounts sum = LogCounts.NONE;
        for (Entry entry : entries) {
            if (entry.receivedMillis >= fromMillis
                    && entry.receivedMillis < toMillis
                    && entry.project.equals(project)) {
                sum = sum.plus(entry.counts);
            }
        }
        return sum;
    }

    private static LogCounts of(Counts counts) {
        return new LogCounts(
                Integer.toUnsignedLong(counts.getAccepted()),
                reasons(counts.getRefusedMap()),
                reasons(counts.getIgnoredMap()));
    }

    private static Map<String, Long> reasons(Map<String, Integer> counts) {
        return counts.isEmpty()
                ? Map.of()
                : counts.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                entry -> Integer.toUnsignedLong(entry.getValue()),
                                Long::sum,
                                HashMap::new));
    }

    private static UUID uuid(ByteString bytes) throws InvalidProtocolBufferException {
        if (bytes.size() != 16) {
            throw new InvalidProtocolBufferException("a project id has 16 bytes");
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
