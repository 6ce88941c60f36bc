package io.millrace.jobs.log;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.jobs.detection.DetectionOperator;
import io.millrace.jobs.detection.Series;
import io.millrace.jobs.detection.WatchedWindow;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Revision;
import io.millrace.schema.wire.RollupMessage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Takes from {@code millrace.rollups.v1} the windows that are watched, and the word that time has passed. */
final class RollupReader implements KafkaRecordDeserializationSchema<RollupHeard> {
    private static final long serialVersionUID = 1L;
    private static final int UUID_BYTES = 16;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RollupHeard> out) {
        byte[] value = record.value();
        if (value == null) {
            return;
        }
        try {
            RollupMessage message = RollupMessage.parseFrom(value);
            if (message.hasClosedMark()) {
                out.collect(RollupHeard.closed(
                        message.getClosedMark().getWriter(),
                        message.getClosedMark().getWriters(),
                        message.getClosedMark().getUntilSeconds() * 1_000));
            } else if (message.hasValue()
                    && message.getProject().size() == UUID_BYTES
                    && isWatched(message.getCube())) {
                out.collect(RollupHeard.of(window(message)));
            }
        } catch (InvalidProtocolBufferException of) {
            // Of a later version, or broken: a window that is not understood is not judged.
        }
    }

    private static boolean isWatched(int cube) {
        return cube < Cube.values().length && DetectionOperator.watches(Cube.of(cube));
    }

    private static WatchedWindow window(RollupMessage message) {
        ByteBuffer project = message.getProject().asReadOnlyByteBuffer();
        Series series = new Series(
                new UUID(project.getLong(), project.getLong()),
                Cube.of(message.getCube()),
                List.copyOf(message.getDimsList()));
        return new WatchedWindow(
                series,
                message.getWindowStartSeconds() * 1_000,
                new Revision(message.getGeneration(), message.getEpoch(), message.getN()),
                message.getValue().toByteArray());
    }

    @Override
    public TypeInformation<RollupHeard> getProducedType() {
        return RollupHeardSerializer.INSTANCE.typeInfo();
    }
}
