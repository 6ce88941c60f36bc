package io.millrace.jobs.log;

import io.millrace.jobs.assembly.TraceUpdate;
import io.millrace.jobs.detection.Anomaly;
import io.millrace.jobs.detection.WatchedWindow;
import io.millrace.jobs.detection.WatchedWindowSerializer;
import io.millrace.jobs.rollup.RollupSaid;
import io.millrace.jobs.store.Rejection;
import io.millrace.schema.topic.Topic;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;

/** The topics as the jobs read and write them. */
public final class KafkaLog {
    private static final byte[] NOTHING = new byte[0];

    private final LogConfig config;

    public KafkaLog(LogConfig config) {
        this.config = config;
    }

    /** Records of {@code millrace.spans.v1} with stream time; from the beginning where no checkpoint says otherwise. */
    public DataStream<LogRecord> records(StreamExecutionEnvironment env) {
        KafkaSource<LogRecord> source = KafkaSource.<LogRecord>builder()
                .setBootstrapServers(config.bootstrapServers())
                .setTopics(Topic.SPANS.id())
                .setGroupId("millrace-traces")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new LogRecordReader())
                .setProperties(config.with(Map.of(
                        "commit.offsets.on.checkpoint", "false",
                        "partition.discovery.interval.ms", "-1",
                        "fetch.max.bytes", Integer.toString(16 * 1024 * 1024),
                        "max.partition.fetch.bytes", Integer.toString(4 * 1024 * 1024),
                        "fetch.max.wait.ms", "100",
                        "max.poll.records", "200")))
                .build();
        WatermarkStrategy<LogRecord> ticks = WatermarkStrategy.forGenerator(context -> new TickWatermarks());
        return env.fromSource(source, ticks, "spans").uid("spans");
    }

    /**
     * Windows of {@code millrace.rollups.v1} with the time that the traces job tells; from a while before {@code from}
     * where no checkpoint says otherwise.
     *
     * @param from milliseconds since the epoch
     */
    public DataStream<WatchedWindow> windows(StreamExecutionEnvironment env, long from) {
        KafkaSource<RollupHeard> source = KafkaSource.<RollupHeard>builder()
                .setBootstrapServers(config.bootstrapServers())
                .setTopics(Topic.ROLLUPS.id())
                .setGroupId("millrace-anomalies")
                .setStartingOffsets(OffsetsInitializer.timestamp(from))
                .setDeserializer(new RollupReader())
                .setProperties(config.with(Map.of(
                        "commit.offsets.on.checkpoint", "false",
                        "partition.discovery.interval.ms", "-1",
                        "fetch.max.wait.ms", "100")))
                .build();
        WatermarkStrategy<RollupHeard> told = WatermarkStrategy.forGenerator(context -> new ClosedWatermarks());
        return env.fromSource(source, told, "windows")
                .uid("windows")
                .flatMap((RollupHeard heard, Collector<WatchedWindow> out) -> {
                    if (heard.window() != null) {
                        out.collect(heard.window());
                    }
                })
                .returns(WatchedWindowSerializer.INSTANCE.typeInfo())
                .uid("watched");
    }

    /** Puts anomalies onto {@code millrace.anomalies.v1} at each change. */
    public void writeAnomalies(DataStream<Anomaly> anomalies) {
        anomalies
                .sinkTo(this.<Anomaly>sink((anomaly, context, timestamp) -> AnomalyRecord.of(anomaly)))
                .uid("anomalies")
                .name("anomalies");
    }

    /** Tells the time to every partition, once a second: what stream time is made of. */
    public void writeTicks(StreamExecutionEnvironment env) {
        int partitions = config.spanPartitions();
        env.fromSource(
                        new DataGeneratorSource<>(
                                index -> index, Long.MAX_VALUE, RateLimiterStrategy.perSecond(1), Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "seconds")
                .uid("seconds")
                .setParallelism(1)
                .flatMap((Long index, Collector<Tick> out) -> {
                    long now = System.currentTimeMillis();
                    for (int partition = 0; partition < partitions; partition++) {
                        out.collect(new Tick(partition, now));
                    }
                })
                .returns(TickSerializer.INSTANCE.typeInfo())
                .uid("ticks-by-partition")
                .setParallelism(1)
                .sinkTo(this.<Tick>sink((tick, context, timestamp) -> tickRecord(tick)))
                .uid("ticks")
                .name("ticks")
                .setParallelism(1);
    }

    /** Puts what is said of windows onto {@code millrace.rollups.v1}, in one order within a partition. */
    public void writeRollups(DataStream<RollupSaid> said) {
        said.sinkTo(this.<RollupSaid>sink((one, context, timestamp) -> RollupRecord.of(one)))
                .uid("rollups")
                .name("rollups");
    }

    /** Puts traces onto {@code millrace.traces.v1} as they change. */
    public void writeTraces(DataStream<TraceUpdate> updates) {
        updates.sinkTo(this.<TraceUpdate>sink((update, context, timestamp) -> traceRecord(update)))
                .uid("traces")
                .name("traces");
    }

    /** Puts records that could not be understood onto {@code millrace.rejected.v1}: where they were, not what. */
    public void writeRejected(DataStream<Rejection> rejected) {
        rejected.sinkTo(this.<Rejection>sink((rejection, context, timestamp) -> RejectedRecord.of(rejection)))
                .uid("rejected")
                .name("rejected");
    }

    private static ProducerRecord<byte[], byte[]> tickRecord(Tick tick) {
        byte[] millis = ByteBuffer.allocate(Long.BYTES).putLong(tick.millis()).array();
        return new ProducerRecord<>(
                Topic.SPANS.id(),
                tick.partition(),
                tick.millis(),
                null,
                NOTHING,
                List.of(new RecordHeader(Topic.TICK_HEADER, millis)));
    }

    private static ProducerRecord<byte[], byte[]> traceRecord(TraceUpdate update) {
        byte[] key = ByteBuffer.allocate(32)
                .putLong(update.key().project().getMostSignificantBits())
                .putLong(update.key().project().getLeastSignificantBits())
                .putLong(update.key().trace().high())
                .putLong(update.key().trace().low())
                .array();
        return new ProducerRecord<>(Topic.TRACES.id(), key, update.message());
    }

    private <T> KafkaSink<T> sink(KafkaRecordSerializationSchema<T> schema) {
        return KafkaSink.<T>builder()
                .setBootstrapServers(config.bootstrapServers())
                .setKafkaProducerConfig(config.with(Map.of(
                        "linger.ms", "5",
                        "compression.type", "lz4",
                        "max.request.size", Integer.toString(Topic.MAX_RECORD_BYTES),
                        "delivery.timeout.ms", "120000")))
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(schema)
                .build();
    }
}
