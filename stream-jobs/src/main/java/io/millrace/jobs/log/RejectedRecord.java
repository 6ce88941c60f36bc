package io.millrace.jobs.log;

import io.millrace.schema.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What is told of a record that could not be understood: its place, size and hash, never its bytes. */
final class RejectedRecord {
    private RejectedRecord() {}

    static ProducerRecord<byte[], byte[]> of(LogRecord record) {
        String told = "{\"reason\":\"" + RecordSplitter.UNDECODABLE + "\",\"partition\":" + record.partition()
                + ",\"offset\":" + record.offset() + ",\"bytes\":" + record.value().length + ",\"sha256\":\""
                + sha256(record.value()) + "\"}";
        return new ProducerRecord<>(Topic.REJECTED.id(), told.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] value) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
