package io.millrace.jobs.log;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.jobs.rollup.ClosedMark;
import io.millrace.jobs.rollup.RollupSaid;
import io.millrace.jobs.rollup.RollupUpdate;
import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.rollup.StoredMark;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.ClosedMarkMessage;
import io.millrace.schema.wire.RollupMessage;
import io.millrace.schema.wire.StoredMarkMessage;
import io.millrace.schema.wire.WindowValueMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of {@code millrace.rollups.v1}: a window's value, keyed by its series; that time has passed; and what the store has. */
final class RollupRecord {
    private RollupRecord() {}

    static ProducerRecord<byte[], byte[]> of(RollupSaid said) {
        if (said instanceof RollupUpdate update) {
            return of(update);
        }
        return said instanceof ClosedMark mark ? of(mark) : of((StoredMark) said);
    }

    private static ProducerRecord<byte[], byte[]> of(ClosedMark mark) {
        RollupMessage message = RollupMessage.newBuilder()
                .setClosedMark(ClosedMarkMessage.newBuilder()
                        .setWriter(mark.writer())
                        .setWriters(mark.writers())
                        .setUntilSeconds(mark.untilSecond()))
                .build();
        return new ProducerRecord<>(Topic.ROLLUPS.id(), mark.partition(), null, message.toByteArray());
    }

    private static ProducerRecord<byte[], byte[]> of(RollupUpdate update) {
        SeriesWindow window = update.window();
        RollupMessage message = RollupMessage.newBuilder()
                .setProject(ByteString.copyFrom(bytes(window.project())))
                .setCube(window.cube().code())
                .addAllDims(window.dims())
                .setWindowStartSeconds(window.windowStart())
                .setWindowSeconds(window.cube().windowSeconds())
                .setGeneration(update.revision().generation())
                .setEpoch(update.revision().epoch())
                .setN(update.revision().n())
                .setClosed(update.closed())
                .setValue(value(update.value()))
                .build();
        String key = window.project() + "/" + window.cube().code() + "/" + String.join("\u0000", window.dims());
        return new ProducerRecord<>(Topic.ROLLUPS.id(), key.getBytes(StandardCharsets.UTF_8), message.toByteArray());
    }

    private static ProducerRecord<byte[], byte[]> of(StoredMark mark) {
        RollupMessage message = RollupMessage.newBuilder()
                .setEpoch(mark.epoch())
                .setN(mark.n())
                .setStored(StoredMarkMessage.newBuilder()
                        .setWriter(mark.writer())
                        .setWriters(mark.writers())
                        .setUntilSeconds(mark.untilSecond()))
                .build();
        String key = "stored/" + mark.writer();
        return new ProducerRecord<>(Topic.ROLLUPS.id(), key.getBytes(StandardCharsets.UTF_8), message.toByteArray());
    }

    private static WindowValueMessage value(byte[] encoded) {
        try {
            return WindowValueMessage.parseFrom(encoded);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a window's value that the job itself encoded", e);
        }
    }

    private static byte[] bytes(UUID uuid) {
        return ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }
}
