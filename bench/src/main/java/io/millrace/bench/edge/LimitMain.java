package io.millrace.bench.edge;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * One of the two things that no edge can do without, alone in a process: to parse bodies, or to hand records to the log.
 * It does so for as many milliseconds as each line of its input says, and then says how often it did.
 */
public final class LimitMain {
    static final String PARSE = "parse";
    static final String PRODUCE = "produce";
    static final String DONE = "done";

    private LimitMain() {}

    /** Something that is done over and over. */
    private interface Work {
        /** @return how often it was done in about this time */
        long run(long nanos) throws IOException;
    }

    /**
     * Works until its input ends.
     *
     * @param arguments {@code parse}, and a file of bodies; or {@code produce}, a file of records, one with the client's
     *     settings, and a topic
     */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws IOException {
        List<byte[]> blocks = Blocks.read(Path.of(arguments[1]));
        Work work = arguments[0].equals(PARSE)
                ? nanos -> parse(blocks, nanos)
                : producing(blocks, settings(Path.of(arguments[2])), arguments[3]);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            System.out.println(DONE + " " + work.run(TimeUnit.MILLISECONDS.toNanos(Long.parseLong(line))));
        }
    }

    private static long parse(List<byte[]> bodies, long nanos) throws InvalidProtocolBufferException {
        long begin = System.nanoTime();
        long count = 0;
        long parts = 0;
        while (System.nanoTime() - begin < nanos) {
            byte[] body = bodies.get((int) (count % bodies.size()));
            parts += ExportTraceServiceRequest.parseFrom(body).getResourceSpansCount();
            count++;
        }
        // Looked at, so that nothing of it can be left out.
        if (parts != count) {
            throw new IllegalStateException("a body has one resource");
        }
        return count;
    }

    private static Work producing(List<byte[]> records, Map<String, Object> client, String topic) {
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        return nanos -> produce(producer, records, topic, nanos);
    }

    /** Every record is acknowledged when this returns. */
    private static long produce(
            KafkaProducer<byte[], byte[]> producer, List<byte[]> records, String topic, long nanos) {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        long begin = System.nanoTime();
        long count = 0;
        while (System.nanoTime() - begin < nanos) {
            byte[] value = records.get((int) (count % records.size()));
            producer.send(new ProducerRecord<>(topic, value), (metadata, error) -> {
                if (error != null) {
                    failure.set(error);
                }
            });
            count++;
        }
        producer.flush();
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("a record was not acknowledged", failed);
        }
        return count;
    }

    /** What the edge gives its producer, but that this one waits for room. */
    private static Map<String, Object> settings(Path file) throws IOException {
        Properties client = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            client.load(in);
        }
        Map<String, Object> settings = new HashMap<>();
        client.stringPropertyNames().forEach(name -> settings.put(name, client.getProperty(name)));
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.put("compression.type", "lz4");
        settings.put("linger.ms", 5);
        settings.put("batch.size", 256 * 1024);
        settings.put("buffer.memory", 96L << 20);
        settings.put("max.request.size", 8 << 20);
        return settings;
    }
}
