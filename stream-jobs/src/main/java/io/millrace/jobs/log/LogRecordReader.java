package io.millrace.jobs.log;

import io.millrace.schema.topic.Topic;
import java.nio.ByteBuffer;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Takes records as they are: what is inside them is looked at where a failure can be accounted for. */
final class LogRecordReader implements KafkaRecordDeserializationSchema<LogRecord> {
    private static final long serialVersionUID = 1L;
    private static final byte[] NOTHING = new byte[0];

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<LogRecord> out) {
        byte[] tick = header(record, Topic.TICK_HEADER);
        byte[] value = record.value();
        out.collect(new LogRecord(
                record.partition(),
                record.offset(),
                record.timestamp(),
                tick == null || tick.length != Long.BYTES
                        ? LogRecord.NO_TICK
                        : ByteBuffer.wrap(tick).getLong(),
                header(record, Topic.COUNTS_HEADER),
                header(record, Topic.REPLAY_HEADER),
                value == null ? NOTHING : value));
    }

    private static byte @Nullable [] header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : header.value();
    }

    @Override
    public TypeInformation<LogRecord> getProducedType() {
        return LogRecordSerializer.INSTANCE.typeInfo();
    }
}
