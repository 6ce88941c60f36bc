package io.millrace.jobs.log;

import io.millrace.jobs.store.Rejection;
import io.millrace.schema.topic.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** What is told of a record that could not be understood: its place, size and hash, never its bytes. */
final class RejectedRecord {
    private RejectedRecord() {}

    static ProducerRecord<byte[], byte[]> of(Rejection rejection) {
        UUID project = rejection.project();
        String told = "{\"id\":\"" + rejection.id() + "\",\"project\":"
                + (project == null ? "null" : "\"" + project + "\"")
                + ",\"reason\":\"" + rejection.reason() + "\",\"partition\":" + rejection.partition()
                + ",\"offset\":" + rejection.offset() + ",\"received_at_millis\":" + rejection.receivedAtMillis()
                + ",\"items\":" + rejection.items() + ",\"bytes\":" + rejection.bytes() + ",\"sha256\":\""
                + HexFormat.of().formatHex(rejection.sha256()) + "\"}";
        return new ProducerRecord<>(Topic.REJECTED.id(), key(project), told.getBytes(StandardCharsets.UTF_8));
    }

    private static byte @Nullable [] key(@Nullable UUID project) {
        return project == null
                ? null
                : ByteBuffer.allocate(16)
                        .putLong(project.getMostSignificantBits())
                        .putLong(project.getLeastSignificantBits())
                        .array();
    }
}
